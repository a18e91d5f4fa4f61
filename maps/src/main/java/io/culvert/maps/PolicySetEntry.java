// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What pods with the same policies are held to in one direction: the value of `policy_sets`. The entry with index 0 is
/// never looked at. Immutable while pods use it.
///
/// @param flags [#USED], [#ISOLATED], [#TIERED]
/// @param rules where its rules begin in `policy_rules`, those of the admin tier by rank first
/// @param allows from there, where those of NetworkPolicies begin, by index
/// @param baselines from there, where those of the baseline tier begin, by rank
public record PolicySetEntry(int flags, int rules, int allows, int baselines) {

    /// `POLICY_SET_USED`: a set without it denies.
    public static final int USED = 1;

    /// `POLICY_SET_ISOLATED`: a NetworkPolicy selects the pod, so that no match means no.
    public static final int ISOLATED = 1 << 1;

    /// `POLICY_SET_TIERED`: it has rules of ClusterNetworkPolicies.
    public static final int TIERED = 1 << 2;

    /// No set.
    public static final PolicySetEntry NONE = new PolicySetEntry(0, 0, 0, 0);

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_set",
            CTypes.U32.withName("flags"),
            CTypes.U32.withName("rules"),
            CTypes.U32.withName("allows"),
            CTypes.U32.withName("baselines"));

    /// `struct policy_set`
    public static final Codec<PolicySetEntry> CODEC = new PolicySetEntryCodec();

    /// For example `isolated, rules from 12, allows +2, baselines +5`.
    @Override
    public String toString() {
        return ((flags & ISOLATED) != 0 ? "isolated" : "not isolated") + ", rules from " + rules + ", allows +" + allows
                + ", baselines +" + baselines;
    }

    private static final class PolicySetEntryCodec implements Codec<PolicySetEntry> {

        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");
        private static final VarHandle RULES = CTypes.member(LAYOUT, "rules");
        private static final VarHandle ALLOWS = CTypes.member(LAYOUT, "allows");
        private static final VarHandle BASELINES = CTypes.member(LAYOUT, "baselines");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicySetEntry read(MemorySegment memory, long offset) {
            return new PolicySetEntry(
                    (int) FLAGS.get(memory, offset),
                    (int) RULES.get(memory, offset),
                    (int) ALLOWS.get(memory, offset),
                    (int) BASELINES.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicySetEntry entry) {
            FLAGS.set(memory, offset, entry.flags);
            RULES.set(memory, offset, entry.rules);
            ALLOWS.set(memory, offset, entry.allows);
            BASELINES.set(memory, offset, entry.baselines);
        }
    }
}
