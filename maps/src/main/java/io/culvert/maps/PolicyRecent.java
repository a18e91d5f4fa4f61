// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// TCP connections of which one processor let a packet pass a moment ago: the value of `policy_recent`.
///
/// @param opener who opened it, as policies see it
/// @param target the other end
/// @param ifindex of the pod's interface where this holds; 0: of any
/// @param egress what the pod that opened it was asked
/// @param ingress what the pod that it was opened to was asked
/// @param state as in [PolicyFlow]; all ones where the pod is held to no policies
/// @param mark of `flow_marks`, when `flows` had no entry of it: twice the count, and 1; 0: it may have one
/// @param jiffies when the connection was looked up last
public record PolicyRecent(
        IpPort opener,
        IpPort target,
        int ifindex,
        PolicyFlow.Side egress,
        PolicyFlow.Side ingress,
        int state,
        int mark,
        long jiffies) {

    /// `POLICY_RECENT_BITS`: the table has two to the power of that many entries.
    static final int BITS = 6;

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_recent",
            CTypes.IP.withName("opener"),
            CTypes.IP.withName("target"),
            CTypes.BE16.withName("opener_port"),
            CTypes.BE16.withName("target_port"),
            CTypes.U32.withName("ifindex"),
            MemoryLayout.sequenceLayout(2, PolicyFlow.Side.LAYOUT).withName("sides"),
            CTypes.U32.withName("state"),
            CTypes.U32.withName("mark"),
            CTypes.U64.withName("jiffies"));

    /// `struct policy_recent`
    public static final Codec<PolicyRecent> CODEC = new PolicyRecentCodec();

    /// For example `10.1.0.2:40000 -> 10.1.0.3:80, egress epoch 7 rule 3, ingress not asked`.
    @Override
    public String toString() {
        return opener + " -> " + target + (ifindex == 0 ? "" : " at interface " + ifindex) + ", egress " + egress
                + ", ingress " + ingress;
    }

    private static final class PolicyRecentCodec implements Codec<PolicyRecent> {

        private static final long OPENER = CTypes.offset(LAYOUT, "opener");
        private static final long TARGET = CTypes.offset(LAYOUT, "target");
        private static final VarHandle OPENER_PORT = CTypes.member(LAYOUT, "opener_port");
        private static final VarHandle TARGET_PORT = CTypes.member(LAYOUT, "target_port");
        private static final VarHandle IFINDEX = CTypes.member(LAYOUT, "ifindex");
        private static final long EGRESS = CTypes.offset(LAYOUT, "sides");
        private static final long INGRESS = EGRESS + PolicyFlow.Side.LAYOUT.byteSize();
        private static final VarHandle STATE = CTypes.member(LAYOUT, "state");
        private static final VarHandle MARK = CTypes.member(LAYOUT, "mark");
        private static final VarHandle JIFFIES = CTypes.member(LAYOUT, "jiffies");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyRecent read(MemorySegment memory, long offset) {
            return new PolicyRecent(
                    end(memory, offset + OPENER, (short) OPENER_PORT.get(memory, offset)),
                    end(memory, offset + TARGET, (short) TARGET_PORT.get(memory, offset)),
                    (int) IFINDEX.get(memory, offset),
                    PolicyFlow.Side.read(memory, offset + EGRESS),
                    PolicyFlow.Side.read(memory, offset + INGRESS),
                    (int) STATE.get(memory, offset),
                    (int) MARK.get(memory, offset),
                    (long) JIFFIES.get(memory, offset));
        }

        private static IpPort end(MemorySegment memory, long address, short port) {
            return new IpPort(CTypes.readIp(memory, address), Short.toUnsignedInt(port));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyRecent recent) {
            CTypes.writeIp(memory, offset + OPENER, recent.opener.address());
            CTypes.writeIp(memory, offset + TARGET, recent.target.address());
            OPENER_PORT.set(memory, offset, (short) recent.opener.port());
            TARGET_PORT.set(memory, offset, (short) recent.target.port());
            IFINDEX.set(memory, offset, recent.ifindex);
            recent.egress.write(memory, offset + EGRESS);
            recent.ingress.write(memory, offset + INGRESS);
            STATE.set(memory, offset, recent.state);
            MARK.set(memory, offset, recent.mark);
            JIFFIES.set(memory, offset, recent.jiffies);
        }
    }
}
