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

    /// Shows each record that the program writes by `bpf_seq_write`.
    ///
    /// Once so many are written the kernel stops, and others may have the processor. It finds its place again by
    /// counting entries of a bucket: one record at a time costs much where buckets are long, as those of storage of
    /// sockets are.
    ///
    /// @param recordSize in bytes, of all of them
    /// @param atOnce records that are written before the consumer sees the first
    /// @param consumer may not keep the memory
    /// @throws SystemCallException if the kernel refuses
    public static void run(
            BpfProgram program, BpfMap map, int recordSize, int atOnce, Consumer<MemorySegment> consumer) {
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
            MemorySegment buffer = arena.allocate((long) recordSize * atOnce, Long.BYTES);
            for (int read = read(entries, buffer, operation); read > 0; read = read(entries, buffer, operation)) {
                if (read % recordSize != 0) {
                    throw new IllegalStateException(
                            operation + ": it wrote " + read + " bytes, which are no records of " + recordSize);
                }
                for (int at = 0; at < read; at += recordSize) {
                    consumer.accept(buffer.asSlice(at, recordSize));
                }
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

    /// @return how many bytes; 0 at the end
    private static int read(int fd, MemorySegment buffer, String operation) {
        int read;
        do {
            read = SystemCalls.read(fd, buffer);
            // After a million entries of which nothing was written; the next call goes on.
        } while (read < 0 && Errno.ofResult(read).equals(Errno.EAGAIN));
        return SystemCallException.check(read, operation);
    }
}
