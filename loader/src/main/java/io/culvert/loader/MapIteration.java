// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// Runs an iterator program on each entry of a map, among them those that no system call lists: storage of sockets,
/// in whichever network namespace (`SEC("iter/bpf_sk_storage_map")`, `SEC("iter/bpf_map_elem")`). Kernel 5.9; needs BTF
/// of the kernel.
public final class MapIteration {

    /// `BPF_TRACE_ITER` of `enum bpf_attach_type` (linux/bpf.h)
    private static final int ATTACH_TYPE = 28;

    /// `union bpf_iter_link_info`, whose first member is the map's descriptor
    private static final int ITER_INFO = 16;

    private MapIteration() {}

    /// Shows each record that the program writes by `bpf_seq_write`, as soon as it is written: the kernel looks at no
    /// further entry before the consumer is done, and others have the processor in between.
    ///
    /// @param recordSize in bytes, of all of them
    /// @param consumer may not keep the memory
    /// @throws SystemCallException if the kernel refuses
    public static void run(BpfProgram program, BpfMap map, int recordSize, Consumer<MemorySegment> consumer) {
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
            MemorySegment buffer = arena.allocate(recordSize, Long.BYTES);
            while (read(entries, buffer, operation)) {
                consumer.accept(buffer);
            }
        } finally {
            if (entries >= 0) {
                SystemCalls.close(entries);
            }
            if (link >= 0) {
                SystemCalls.close(link);
            }
        }
    }

    /// @return false at the end
    private static boolean read(int fd, MemorySegment buffer, String operation) {
        int read;
        do {
            read = SystemCalls.read(fd, buffer);
            // After a million entries of which nothing was written; the next call goes on.
        } while (read < 0 && Errno.ofResult(read).equals(Errno.EAGAIN));
        int length = SystemCallException.check(read, operation);
        if (length > 0 && length < buffer.byteSize()) {
            throw new IllegalStateException(operation + ": it wrote " + length + " bytes, not " + buffer.byteSize());
        }
        return length > 0;
    }
}
