// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.loader.internal.SystemCalls;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Runs an iterator program on each entry of a map, among them those that no system call lists: storage of sockets,
/// in whichever network namespace (`SEC("iter/bpf_sk_storage_map")`, kernel 5.9; needs BTF of the kernel).
public final class MapIteration {

    /// `BPF_TRACE_ITER` of `enum bpf_attach_type` (linux/bpf.h)
    private static final int ATTACH_TYPE = 28;

    /// `union bpf_iter_link_info`, whose first member is the map's descriptor
    private static final int ITER_INFO = 16;

    private static final int BUFFER = 1 << 16;

    private MapIteration() {}

    /// Everything that the program writes by `bpf_seq_write`, entry after entry.
    ///
    /// @throws SystemCallException if the kernel refuses
    public static byte[] run(BpfProgram program, BpfMap map) {
        String operation =
                "run " + program.name() + " on each entry of " + map.info().name();
        int link = -1;
        int entries = -1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(ITER_INFO);
            info.set(JAVA_INT, 0, map.fd());
            CStruct options = CStruct.allocate(arena, CStruct.LINK_CREATE_OPTS)
                    .set("iter_info", info)
                    .set("iter_info_len", ITER_INFO);
            link = SystemCallException.check(
                    LibbpfLinks.create(program.fd(), 0, ATTACH_TYPE, options.memory()), operation);
            entries = SystemCallException.check(LibbpfLinks.iterate(link), operation);
            return readAll(entries, arena.allocate(BUFFER), operation);
        } finally {
            if (entries >= 0) {
                SystemCalls.close(entries);
            }
            if (link >= 0) {
                SystemCalls.close(link);
            }
        }
    }

    private static byte[] readAll(int fd, MemorySegment buffer, String operation) {
        var all = new ByteArrayOutputStream();
        int read = SystemCallException.check(SystemCalls.read(fd, buffer), operation);
        while (read > 0) {
            all.writeBytes(buffer.asSlice(0, read).toArray(JAVA_BYTE));
            read = SystemCallException.check(SystemCalls.read(fd, buffer), operation);
        }
        return all.toByteArray();
    }
}
