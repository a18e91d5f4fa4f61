// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.invoke.VarHandle;

/// The first slot of an extent: whose it is, and its two sets. [Extent] documents the parts.
record ExtentHeader(
        int service,
        int generation,
        int localCount,
        int clusterFirst,
        int clusterCount,
        int affinitySeconds,
        boolean endpointsElsewhere,
        boolean resetRemoved,
        boolean tables,
        Algorithm algorithm) {

    static final int ENDPOINTS_ELSEWHERE = 1;
    static final int RESET_REMOVED = 1 << 1;
    static final int TABLES = 1 << 2;

    static final StructLayout LAYOUT = CTypes.struct(
            "extent_header",
            CTypes.U32.withName("service"),
            CTypes.U32.withName("generation"),
            CTypes.U32.withName("local_count"),
            CTypes.U32.withName("cluster_first"),
            CTypes.U32.withName("cluster_count"),
            CTypes.U32.withName("affinity_seconds"),
            CTypes.U32.withName("flags"),
            CTypes.U8.withName("algorithm"),
            CTypes.pad(3));

    /// A slot holds a header or a backend.
    static final UnionLayout SLOT = MemoryLayout.unionLayout(
                    LAYOUT.withName("header"), Backend.LAYOUT.withName("backend"))
            .withName("slot");

    static final Codec<ExtentHeader> CODEC = new HeaderCodec();

    static ExtentHeader of(Extent extent) {
        return new ExtentHeader(
                extent.service(),
                extent.generation(),
                extent.localCount(),
                extent.clusterFirst(),
                extent.clusterCount(),
                extent.affinitySeconds(),
                extent.endpointsElsewhere(),
                extent.resetRemoved(),
                extent.tables().isPresent(),
                extent.algorithm());
    }

    /// For example `header of service 12, generation 3: local [0, 2), cluster [0, 10), random`.
    @Override
    public String toString() {
        return "header of service " + service + ", generation " + Integer.toUnsignedString(generation) + ": local [0, "
                + localCount + "), cluster [" + clusterFirst + ", " + (clusterFirst + clusterCount) + "), " + algorithm
                + (affinitySeconds == 0 ? "" : ", affinity " + affinitySeconds + " s")
                + (endpointsElsewhere ? ", endpoints elsewhere" : "")
                + (resetRemoved ? ", resets removed" : "")
                + (tables ? ", tables" : "");
    }

    private static final class HeaderCodec implements Codec<ExtentHeader> {

        private static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");
        private static final VarHandle GENERATION = CTypes.member(LAYOUT, "generation");
        private static final VarHandle LOCAL_COUNT = CTypes.member(LAYOUT, "local_count");
        private static final VarHandle CLUSTER_FIRST = CTypes.member(LAYOUT, "cluster_first");
        private static final VarHandle CLUSTER_COUNT = CTypes.member(LAYOUT, "cluster_count");
        private static final VarHandle AFFINITY = CTypes.member(LAYOUT, "affinity_seconds");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");
        private static final VarHandle ALGORITHM = CTypes.member(LAYOUT, "algorithm");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public ExtentHeader read(MemorySegment memory, long offset) {
            int flags = (int) FLAGS.get(memory, offset);
            if ((flags & ~(ENDPOINTS_ELSEWHERE | RESET_REMOVED | TABLES)) != 0) {
                throw new CorruptRecordException("extent_header.flags: 0x" + Integer.toHexString(flags));
            }
            int algorithm = Byte.toUnsignedInt((byte) ALGORITHM.get(memory, offset));
            return new ExtentHeader(
                    (int) SERVICE.get(memory, offset),
                    (int) GENERATION.get(memory, offset),
                    (int) LOCAL_COUNT.get(memory, offset),
                    (int) CLUSTER_FIRST.get(memory, offset),
                    (int) CLUSTER_COUNT.get(memory, offset),
                    (int) AFFINITY.get(memory, offset),
                    (flags & ENDPOINTS_ELSEWHERE) != 0,
                    (flags & RESET_REMOVED) != 0,
                    (flags & TABLES) != 0,
                    Algorithm.ofNumber(algorithm)
                            .orElseThrow(() -> new CorruptRecordException("extent_header.algorithm: " + algorithm)));
        }

        @Override
        public void write(MemorySegment memory, long offset, ExtentHeader header) {
            CTypes.clear(memory, offset, LAYOUT);
            SERVICE.set(memory, offset, header.service);
            GENERATION.set(memory, offset, header.generation);
            LOCAL_COUNT.set(memory, offset, header.localCount);
            CLUSTER_FIRST.set(memory, offset, header.clusterFirst);
            CLUSTER_COUNT.set(memory, offset, header.clusterCount);
            AFFINITY.set(memory, offset, header.affinitySeconds);
            FLAGS.set(
                    memory,
                    offset,
                    (header.endpointsElsewhere ? ENDPOINTS_ELSEWHERE : 0)
                            | (header.resetRemoved ? RESET_REMOVED : 0)
                            | (header.tables ? TABLES : 0));
            ALGORITHM.set(memory, offset, (byte) header.algorithm.number());
        }
    }
}
