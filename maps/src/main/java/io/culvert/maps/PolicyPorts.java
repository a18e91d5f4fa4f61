// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// The ports that a set has rules about for one kind of peer, in `policy_steps`: the value of `policy_peers`.
///
/// @param start number of the first step, which starts at 0
/// @param count of steps, at least 1
/// @param index where the words of its first level are in `policy_index`; 0: there is none, and the steps are searched
public record PolicyPorts(int start, int count, int index) {

    /// `POLICY_INDEX_BITS`: of the number of a port in the line of ports, for each level of an index.
    public static final int INDEX_BITS = 6;

    /// `POLICY_INDEX_LEVELS`
    public static final int INDEX_LEVELS = 3;

    /// `POLICY_INDEX_STEP`: a word of `policy_index` with this bit has the number of a step in the bits below.
    /// Without it, it says where the words of the next level are; 0: the steps are to be searched.
    public static final int INDEX_STEP = 1 << 31;

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_ports", CTypes.U32.withName("start"), CTypes.U32.withName("count"), CTypes.U32.withName("index"));

    /// `struct policy_ports`
    public static final Codec<PolicyPorts> CODEC = new PolicyPortsCodec();

    /// For example `steps [12, 15)`, or `steps [12, 43), index 65`.
    @Override
    public String toString() {
        return "steps [" + start + ", " + (start + count) + ")" + (index == 0 ? "" : ", index " + index);
    }

    private static final class PolicyPortsCodec implements Codec<PolicyPorts> {

        private static final VarHandle START = CTypes.member(LAYOUT, "start");
        private static final VarHandle COUNT = CTypes.member(LAYOUT, "count");
        private static final VarHandle INDEX = CTypes.member(LAYOUT, "index");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyPorts read(MemorySegment memory, long offset) {
            return new PolicyPorts(
                    (int) START.get(memory, offset), (int) COUNT.get(memory, offset), (int) INDEX.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyPorts entry) {
            START.set(memory, offset, entry.start);
            COUNT.set(memory, offset, entry.count);
            INDEX.set(memory, offset, entry.index);
        }
    }
}
