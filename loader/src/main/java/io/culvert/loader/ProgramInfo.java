// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Optional;

/// What the kernel knows about a program (`struct bpf_prog_info`).
///
/// @param id unique while the program exists
/// @param name the first 15 characters
/// @param tag hash of the instructions, 16 hexadecimal digits
/// @param type number of `enum bpf_prog_type`
/// @param verifiedInstructions how many steps the verifier took, out of a million
/// @param machineBytes size of the machine code; 0 if the compiler of the kernel is off
/// @param runs how often it ran while [RunTimeStatistics] were on
/// @param runNanos how long it ran while they were on, nanoseconds
public record ProgramInfo(
        int id,
        String name,
        String tag,
        int type,
        int verifiedInstructions,
        int machineBytes,
        long runs,
        long runNanos) {

    /// What is known about the program of this id; empty if there is none any more.
    public static Optional<ProgramInfo> byId(int id) {
        int fd = LibbpfLinks.openProgram(id);
        if (fd < 0 && Errno.ofResult(fd).equals(Errno.ENOENT)) {
            return Optional.empty();
        }
        SystemCallException.check(fd, "open program " + id);
        try {
            return Optional.of(read(fd, "program " + id));
        } finally {
            SystemCalls.close(fd);
        }
    }

    static ProgramInfo read(int fd, String object) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct info = KernelInfo.read(arena, fd, CStruct.PROG_INFO, object);
            return new ProgramInfo(
                    info.getInt("id"),
                    info.getString("name"),
                    tag(info),
                    info.getInt("type"),
                    info.getInt("verified_insns"),
                    info.getInt("jited_prog_len"),
                    info.getLong("run_cnt"),
                    info.getLong("run_time_ns"));
        }
    }

    private static String tag(CStruct info) {
        MemorySegment tag = info.memory().asSlice(info.offset("tag"), Long.BYTES);
        return HexFormat.of().formatHex(tag.toArray(JAVA_BYTE));
    }
}
