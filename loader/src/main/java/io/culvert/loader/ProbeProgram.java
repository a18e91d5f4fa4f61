// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.util.List;

/// Tiny programs for probes, put together by hand so that probing needs no object file.
///
/// @param type of `enum bpf_prog_type` (linux/bpf.h)
/// @param attachType of `enum bpf_attach_type`, for the types that are checked by it
/// @param instructions one `struct bpf_insn` each: operation in bits 0-7, destination and source register in
/// bits 8-11 and 12-15, offset in bits 16-31, immediate value in bits 32-63
record ProbeProgram(int type, int attachType, List<Long> instructions) {

    static final int TYPE_SCHED_CLS = 3;
    static final int TYPE_XDP = 6;
    static final int TYPE_CGROUP_SOCK_ADDR = 18;

    private static final long EXIT = 0x95;

    /// `return value;`
    static ProbeProgram returning(int type, int attachType, int value) {
        return new ProbeProgram(type, attachType, List.of(set(0, value), EXIT));
    }

    /// `helper(first, second, third); return value;`
    static ProbeProgram calling(int type, int attachType, int helper, int value) {
        return new ProbeProgram(
                type,
                attachType,
                List.of(set(1, 0), set(2, 0), set(3, 0), set(4, 0), call(helper), set(0, value), EXIT));
    }

    /// `struct bpf_sock *sk = ctx->sk; if (sk) bpf_sk_storage_get(map, sk, NULL, 1); return 1;`
    ///
    /// @param socketOffset of the field `sk` in the context
    static ProbeProgram readingStorage(int attachType, int map, int socketOffset) {
        return new ProbeProgram(
                TYPE_CGROUP_SOCK_ADDR,
                attachType,
                List.of(
                        0x79 | 2L << 8 | 1L << 12 | (long) socketOffset << 16, // r2 = *(u64 *)(r1 + socketOffset)
                        0x15 | 2L << 8 | 5L << 16, // if r2 == 0 skip 5
                        0x18 | 1L << 8 | 1L << 12 | (long) map << 32, // r1 = map, in two instructions
                        0L,
                        set(3, 0),
                        set(4, 1),
                        call(Probes.SK_STORAGE_GET),
                        set(0, 1),
                        EXIT));
    }

    private static long set(int register, int value) {
        return 0xb7 | (long) register << 8 | (long) value << 32;
    }

    private static long call(int helper) {
        return 0x85 | (long) helper << 32;
    }

    /// A descriptor for the caller to close, or the negative errno.
    int load() {
        try (Arena arena = Arena.ofConfined()) {
            CStruct options = CStruct.allocate(arena, CStruct.PROG_LOAD_OPTS).set("expected_attach_type", attachType);
            return LibbpfLinks.loadProgram(
                    type,
                    arena.allocateFrom("culvert_probe"),
                    arena.allocateFrom("Dual BSD/GPL"),
                    arena.allocateFrom(
                            JAVA_LONG,
                            instructions.stream().mapToLong(Long::longValue).toArray()),
                    instructions.size(),
                    options.memory());
        }
    }
}
