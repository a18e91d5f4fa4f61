// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.util.EnumSet;
import java.util.Set;

/// What a frontend leads to: the value of `frontends`.
///
/// @param service index into `services`
public record Frontend(int service, FrontendType type, Set<FrontendFlag> flags) {

    static final int TYPE_SHIFT = 8;

    private static final int FLAG_BITS = (1 << TYPE_SHIFT) - 1;

    static final StructLayout LAYOUT =
            CTypes.struct("frontend", CTypes.U32.withName("service"), CTypes.U32.withName("flags"));

    /// `struct frontend`
    public static final Codec<Frontend> CODEC = new FrontendCodec();

    public Frontend {
        flags = Set.copyOf(flags);
    }

    /// A ClusterIP.
    public static Frontend clusterIp(int service, boolean localSet) {
        return new Frontend(service, FrontendType.CLUSTER_IP, localSet ? Set.of(FrontendFlag.LOCAL_SET) : Set.of());
    }

    /// Whether clients are given backends of the local set; see [FrontendFlag#LOCAL_SET] for which.
    public boolean localSet() {
        return has(FrontendFlag.LOCAL_SET);
    }

    public boolean has(FrontendFlag flag) {
        return flags.contains(flag);
    }

    private int bits() {
        return flags.stream().mapToInt(FrontendFlag::bit).sum() | type.number() << TYPE_SHIFT;
    }

    private static Frontend of(int service, int bits) {
        Set<FrontendFlag> flags = EnumSet.noneOf(FrontendFlag.class);
        int unknown = bits & FLAG_BITS;
        for (FrontendFlag flag : FrontendFlag.values()) {
            if ((bits & flag.bit()) != 0) {
                flags.add(flag);
                unknown &= ~flag.bit();
            }
        }
        FrontendType type = FrontendType.ofNumber(bits >>> TYPE_SHIFT).orElse(null);
        if (unknown != 0 || type == null) {
            throw new CorruptRecordException("frontend.flags: 0x" + Integer.toHexString(bits));
        }
        return new Frontend(service, type, flags);
    }

    /// For example `service 12, ClusterIP, local set`.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("service ")
                .append(Integer.toUnsignedString(service))
                .append(", ")
                .append(type);
        for (FrontendFlag flag : FrontendFlag.values()) {
            if (has(flag)) {
                text.append(", ").append(flag);
            }
        }
        return text.toString();
    }

    private static final class FrontendCodec implements Codec<Frontend> {

        private static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Frontend read(MemorySegment memory, long offset) {
            return of((int) SERVICE.get(memory, offset), (int) FLAGS.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, Frontend frontend) {
            SERVICE.set(memory, offset, frontend.service);
            FLAGS.set(memory, offset, frontend.bits());
        }
    }
}
