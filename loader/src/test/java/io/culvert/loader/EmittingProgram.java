// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.loader.compile.ClangCompiler;
import io.culvert.loader.internal.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A program that writes one record to a ring buffer each time it runs, and discards each third one. A record is three
/// numbers of eight bytes and, in every other record, four bytes more: how often the program ran before, how many
/// records did not fit so far, and how many it discarded so far. Loaded and pinned for one test.
final class EmittingProgram implements AutoCloseable {

    static final int RING_BYTES = 4096 * 4;

    private static final String SOURCE = """
            #include <linux/bpf.h>
            #include <bpf/bpf_helpers.h>

            struct {
                __uint(type, BPF_MAP_TYPE_RINGBUF);
                __uint(max_entries, %d);
            } records SEC(".maps");

            struct { __u64 runs, lost, discarded; } now;

            static __always_inline int emit(__u64 size)
            {
                __u64 *record = bpf_ringbuf_reserve(&records, size, 0);

                if (!record) {
                    now.lost++;
                    now.runs++;
                    return 1;
                }
                record[0] = now.runs++;
                record[1] = now.lost;
                record[2] = now.discarded;
                if (record[0] %% 3 == 2) {
                    now.discarded++;
                    bpf_ringbuf_discard(record, 0);
                } else {
                    bpf_ringbuf_submit(record, 0);
                }
                return 0;
            }

            SEC("tc")
            int program(struct __sk_buff *skb)
            {
                /* Each size is a constant to the verifier. */
                if (skb && now.runs & 1)
                    return emit(28);
                return emit(24);
            }

            char _license[] SEC("license") = "GPL";
            """.formatted(RING_BYTES);

    private final Path pins =
            Path.of("/sys/fs/bpf/culvert-test-" + ProcessHandle.current().pid());
    private final Path packet;

    EmittingProgram(Path workspace) throws IOException {
        packet = Files.write(workspace.resolve("packet"), new byte[64]);
        Path sources = Files.createDirectory(workspace.resolve("sources"));
        Files.writeString(sources.resolve("emit.c"), SOURCE);
        byte[] object =
                Objects.requireNonNull(ClangCompiler.onPath().compile(sources).get("emit"));
        Path file = Files.write(workspace.resolve("emit.o"), object);
        Files.createDirectory(pins);
        try {
            bpftool("prog", "load", file, pins.resolve("program"), "pinmaps", pins);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /// Runs the program this many times, all on one processor.
    void run(int times) {
        bpftool("prog", "run", "pinned", pins.resolve("program"), "data_in", packet, "repeat", times);
    }

    RingBufferReader open(int bytes) {
        int fd = ringFd();
        try {
            return RingBufferReader.open(fd, bytes);
        } finally {
            SystemCalls.close(fd);
        }
    }

    private int ringFd() {
        try (Arena arena = Arena.ofConfined()) {
            var open = Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.libraryLookup("libbpf.so.1", Arena.global())
                                    .findOrThrow("bpf_obj_get"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS));
            int fd = (int)
                    open.invokeExact(arena.allocateFrom(pins.resolve("records").toString()));
            if (fd < 0) {
                throw new AssertionError("open the ring: " + Errno.of(-fd));
            }
            return fd;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private static void bpftool(Object... words) {
        List<String> command = Stream.concat(
                        Stream.of("bpftool"), Arrays.stream(words).map(Object::toString))
                .toList();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(pins)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
