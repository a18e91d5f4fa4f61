// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// The ports that a set has rules about for one kind of peer, in `policy_steps`: the value of `policy_peers`.
///
/// @param start index of the first step, which starts at 0
/// @param count of steps, at least 1
public record PolicyPorts(int start, int count) {

    static final StructLayout LAYOUT =
            CTypes.struct("policy_ports", CTypes.U32.withName("start"), CTypes.U32.withName("count"));

    /// `struct policy_ports`
    public static final Codec<PolicyPorts> CODEC = new PolicyPortsCodec();

    /// For example `steps [12, 15)`.
    @Override
    public String toString() {
        return "steps [" + start + ", " + (start + count) + ")";
    }

    private static final class PolicyPortsCodec implements Codec<PolicyPorts> {

        private static final VarHandle START = CTypes.member(LAYOUT, "start");
        private static final VarHandle COUNT = CTypes.member(LAYOUT, "count");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyPorts read(MemorySegment memory, long offset) {
            return new PolicyPorts((int) START.get(memory, offset), (int) COUNT.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyPorts entry) {
            START.set(memory, offset, entry.start);
            COUNT.set(memory, offset, entry.count);
        }
    }
}
