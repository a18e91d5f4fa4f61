// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A connection of a pod that policies select: the value of `policy_flows`, and part of a [PolicyConnection].
///
/// @param egress the verdict at the pod that opened it
/// @param ingress the verdict at the pod that it was opened to
/// @param state [#OPENER_HIGH] and others
/// @param mark in its upper 30 bits what `flow_marks` had counted for its ends when `flows` had no entry of it, and 1;
///     0: it may have one
/// @param seen when a packet of it was seen last: nanoseconds of CLOCK_MONOTONIC divided by two to the power of
///     [#TICK_BITS], the lower 32 bits of that; 0: not known
public record PolicyFlow(Side egress, Side ingress, int state, int mark, int seen) {

    /// `POLICY_TICK_BITS`
    public static final int TICK_BITS = 24;

    /// `POLICY_EGRESS`: the direction of the pod that opens a connection.
    public static final int EGRESS = 0;

    /// `POLICY_INGRESS`: that of the pod that it is opened to.
    public static final int INGRESS = 1;

    /// `POLICY_FLOW_OPENER_HIGH`: the high end of the key opened it.
    public static final int OPENER_HIGH = 1;

    /// `POLICY_FLOW_HOST`: a process of this node opened it.
    public static final int HOST = 1 << 1;

    /// `POLICY_FLOW_ESTABLISHED`: both ends have spoken.
    public static final int ESTABLISHED = 1 << 2;

    /// `POLICY_FLOW_OPENER_CLOSED`
    public static final int OPENER_CLOSED = 1 << 3;

    /// `POLICY_FLOW_TARGET_CLOSED`
    public static final int TARGET_CLOSED = 1 << 4;

    /// `POLICY_FLOW_RESET`
    public static final int RESET = 1 << 5;

    /// `POLICY_FLOW_AUDITED`: it passes because of audit mode alone.
    public static final int AUDITED = 1 << 6;

    /// A verdict to allow.
    ///
    /// @param epoch when it was given; 0: it was not
    /// @param rule number of the rule; 0: none that is counted
    public record Side(int epoch, int rule) {

        static final StructLayout LAYOUT =
                CTypes.struct("policy_side", CTypes.U32.withName("epoch"), CTypes.U32.withName("rule"));

        private static final VarHandle EPOCH = CTypes.member(LAYOUT, "epoch");
        private static final VarHandle RULE = CTypes.member(LAYOUT, "rule");

        /// Nothing was asked.
        public static final Side NONE = new Side(0, 0);

        static Side read(MemorySegment memory, long offset) {
            return new Side((int) EPOCH.get(memory, offset), (int) RULE.get(memory, offset));
        }

        void write(MemorySegment memory, long offset) {
            EPOCH.set(memory, offset, epoch);
            RULE.set(memory, offset, rule);
        }

        /// For example `epoch 7 rule 12`.
        @Override
        public String toString() {
            return epoch == 0 ? "not asked" : "epoch " + Integer.toUnsignedString(epoch) + " rule " + rule;
        }
    }

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_flow",
            MemoryLayout.sequenceLayout(2, Side.LAYOUT).withName("sides"),
            CTypes.U32.withName("state"),
            CTypes.U32.withName("mark"),
            CTypes.U32.withName("seen"));

    /// `struct policy_flow`
    public static final Codec<PolicyFlow> CODEC = new PolicyFlowCodec();

    /// For example `egress epoch 7 rule 12, ingress not asked, state 0x5, seen at tick 3641`.
    @Override
    public String toString() {
        return "egress " + egress + ", ingress " + ingress + ", state 0x" + Integer.toHexString(state)
                + ", seen at tick " + Integer.toUnsignedString(seen);
    }

    private static final class PolicyFlowCodec implements Codec<PolicyFlow> {

        private static final VarHandle STATE = CTypes.member(LAYOUT, "state");
        private static final VarHandle MARK = CTypes.member(LAYOUT, "mark");
        private static final VarHandle SEEN = CTypes.member(LAYOUT, "seen");
        private static final long SIDES = CTypes.offset(LAYOUT, "sides");
        private static final long INGRESS = SIDES + Side.LAYOUT.byteSize();

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyFlow read(MemorySegment memory, long offset) {
            return new PolicyFlow(
                    Side.read(memory, offset + SIDES),
                    Side.read(memory, offset + INGRESS),
                    (int) STATE.get(memory, offset),
                    (int) MARK.get(memory, offset),
                    (int) SEEN.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyFlow flow) {
            CTypes.clear(memory, offset, LAYOUT);
            flow.egress.write(memory, offset + SIDES);
            flow.ingress.write(memory, offset + INGRESS);
            STATE.set(memory, offset, flow.state);
            MARK.set(memory, offset, flow.mark);
            SEEN.set(memory, offset, flow.seen);
        }
    }
}
