// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What holds on the node: the value of `policy_control`.
///
/// @param epoch of what is published; bit 0 is the side of the tables that holds; 0: nothing is published
/// @param flags [#STRICT], [#KEEP_EXISTING], [#ALLOW_ECHO], [#ENFORCED]
public record PolicyControl(int epoch, int flags) {

    /// `POLICY_STRICT`: interfaces whose pod is not known are closed but for ARP, neighbour discovery and MLD.
    public static final int STRICT = 1;

    /// `POLICY_KEEP_EXISTING`: connections that were allowed once stay so.
    public static final int KEEP_EXISTING = 1 << 1;

    /// `POLICY_ALLOW_ECHO`: ICMP echo requests are not asked about.
    public static final int ALLOW_ECHO = 1 << 2;

    /// `POLICY_ENFORCED`: packets are asked about. Programs that nobody leads there look nothing up.
    public static final int ENFORCED = 1 << 3;

    static final StructLayout LAYOUT =
            CTypes.struct("policy_control", CTypes.U32.withName("epoch"), CTypes.U32.withName("flags"));

    static final VarHandle EPOCH = CTypes.member(LAYOUT, "epoch");
    static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");

    /// `struct policy_control`
    public static final Codec<PolicyControl> CODEC = new PolicyControlCodec();

    /// 0 or 1: the side that holds.
    public int side() {
        return epoch & 1;
    }

    /// For example `epoch 7, side 1, flags 0x0`.
    @Override
    public String toString() {
        return "epoch " + Integer.toUnsignedString(epoch) + ", side " + side() + ", flags 0x"
                + Integer.toHexString(flags);
    }

    private static final class PolicyControlCodec implements Codec<PolicyControl> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyControl read(MemorySegment memory, long offset) {
            return new PolicyControl((int) EPOCH.get(memory, offset), (int) FLAGS.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyControl entry) {
            EPOCH.set(memory, offset, entry.epoch);
            FLAGS.set(memory, offset, entry.flags);
        }
    }
}
