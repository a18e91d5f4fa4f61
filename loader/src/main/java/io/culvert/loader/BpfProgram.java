// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A program in the kernel. The [BpfObject] that it came from owns it.
///
/// @param name as in the C source; the kernel keeps the first 15 characters
/// @param fd descriptor, valid until the object is closed
public record BpfProgram(String name, int fd) {

    /// The kernel refuses a shorter packet: an Ethernet header.
    static final int SHORTEST_PACKET = 14;

    /// How much longer than the input a program may make the packet.
    private static final int GROWTH = 512;

    /// The kernel refuses room for less than the whole context; `struct __sk_buff` has 192 bytes.
    private static final int LONGEST_CONTEXT = 512;

    /// What the kernel knows about the program, its run-time statistics included.
    public ProgramInfo info() {
        return ProgramInfo.read(fd, "program " + name);
    }

    /// Runs a tc or XDP program on a packet without a network (BPF_PROG_TEST_RUN).
    ///
    /// @param packet from the Ethernet header on, at least 14 bytes
    /// @param repeat how often; each run gets what the one before left of the packet
    /// @throws SystemCallException with ENOTSUPP for a program type that cannot be run so: those of cgroups
    public TestRun testRun(byte[] packet, int repeat) {
        return testRun(packet, new byte[0], repeat);
    }

    /// Runs a program on a packet and a context.
    ///
    /// @param context a `struct __sk_buff` or `struct xdp_md`, or a prefix of it; empty for a zeroed one. The
    /// kernel takes only fields that mean something without a network (net/bpf/test_run.c), and refuses
    /// others
    public TestRun testRun(byte[] packet, byte[] context, int repeat) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(packet.length + (long) GROWTH);
            CStruct options = CStruct.allocate(arena, CStruct.TEST_RUN_OPTS)
                    .set("data_in", arena.allocateFrom(JAVA_BYTE, packet))
                    .set("data_size_in", packet.length)
                    .set("data_out", out)
                    .set("data_size_out", (int) out.byteSize())
                    .set("repeat", repeat);
            MemorySegment contextOut = arena.allocate(LONGEST_CONTEXT);
            if (context.length > 0) {
                options.set("ctx_in", arena.allocateFrom(JAVA_BYTE, context))
                        .set("ctx_size_in", context.length)
                        .set("ctx_out", contextOut)
                        .set("ctx_size_out", LONGEST_CONTEXT);
            }
            SystemCallException.check(
                    LibbpfLinks.testRun(fd, options.memory()),
                    "run program " + name + " on " + packet.length + " bytes");
            return new TestRun(
                    options.getInt("retval"),
                    out.asSlice(0, options.getInt("data_size_out")).toArray(JAVA_BYTE),
                    contextOut.asSlice(0, options.getInt("ctx_size_out")).toArray(JAVA_BYTE),
                    options.getInt("duration"));
        }
    }

    /// Keeps the program in the kernel under a path of a BPF file system.
    public void pin(Path path) {
        Pins.pin(fd, path, "program " + name);
    }
}
