// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// From one number of the line of ports to that of the next step, which rules match first: the value of `policy_steps`.
/// The line is TCP, UDP, SCTP and everything else, 65,536 numbers each.
///
/// @param start of the numbers
/// @param admin [#ranked] rule of the admin tier, or [#NONE]
/// @param allow index of a rule of NetworkPolicies, or [#NONE]
/// @param baseline [#ranked] rule of the baseline tier, or [#NONE]
public record PolicyStep(int start, int admin, int allow, int baseline) {

    /// `POLICY_NONE`: no rule matches.
    public static final int NONE = -1;

    /// What an entry is that nobody wrote.
    static final PolicyStep UNUSED = new PolicyStep(0, 0, 0, 0);

    /// `POLICY_ACCEPT`
    public static final int ACCEPT = 0;

    /// `POLICY_DENY`
    public static final int DENY = 1;

    /// `POLICY_PASS`
    public static final int PASS = 2;

    /// `POLICY_ACTION_BITS`: of a ranked rule's action, below its rank.
    static final int ACTION_BITS = 2;

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_step",
            CTypes.U32.withName("start"),
            CTypes.U32.withName("admin"),
            CTypes.U32.withName("allow"),
            CTypes.U32.withName("baseline"));

    /// `struct policy_step`
    public static final Codec<PolicyStep> CODEC = new PolicyStepCodec();

    /// A rule of a tier as it is written.
    ///
    /// @param rank among the rules of its tier in the set, 0 first
    /// @param action [#ACCEPT], [#DENY] or [#PASS]
    public static int ranked(int rank, int action) {
        return rank << ACTION_BITS | action;
    }

    private static String text(int ranked) {
        return ranked == NONE ? "-" : (ranked >>> ACTION_BITS) + "/" + (ranked & (1 << ACTION_BITS) - 1);
    }

    /// For example `from 80 admin -, allow 3, baseline 0/1`, with rank and action of tiers.
    @Override
    public String toString() {
        return "from " + start + " admin " + text(admin) + ", allow " + (allow == NONE ? "-" : allow) + ", baseline "
                + text(baseline);
    }

    private static final class PolicyStepCodec implements Codec<PolicyStep> {

        private static final VarHandle START = CTypes.member(LAYOUT, "start");
        private static final VarHandle ADMIN = CTypes.member(LAYOUT, "admin");
        private static final VarHandle ALLOW = CTypes.member(LAYOUT, "allow");
        private static final VarHandle BASELINE = CTypes.member(LAYOUT, "baseline");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyStep read(MemorySegment memory, long offset) {
            return new PolicyStep(
                    (int) START.get(memory, offset),
                    (int) ADMIN.get(memory, offset),
                    (int) ALLOW.get(memory, offset),
                    (int) BASELINE.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyStep entry) {
            START.set(memory, offset, entry.start);
            ADMIN.set(memory, offset, entry.admin);
            ALLOW.set(memory, offset, entry.allow);
            BASELINE.set(memory, offset, entry.baseline);
        }
    }
}
