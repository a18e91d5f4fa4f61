// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Runs tc and XDP programs on many packets (BPF_PROG_TEST_RUN), one at a time, through memory that is allocated once.
/// [BpfProgram#testRun] is for single packets.
///
/// For one thread, whose network namespace is that of the runs.
public final class ProgramRunner implements AutoCloseable {

    /// Bytes of a packet, in and out.
    private static final int ROOM = 4096;

    /// Members of `struct __sk_buff` (linux/bpf.h) that the kernel takes, and the end of those that are passed.
    private static final long INGRESS_IFINDEX = 36;

    private static final long IFINDEX = 40;
    private static final long CONTEXT_BYTES = 44;

    /// The same of `struct xdp_md`.
    private static final long XDP_DATA_END = 4;

    private static final long XDP_INGRESS_IFINDEX = 12;
    private static final long XDP_CONTEXT_BYTES = 24;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment in = arena.allocate(ROOM, Long.BYTES);
    private final MemorySegment out = arena.allocate(ROOM, Long.BYTES);
    private final MemorySegment context = arena.allocate(CONTEXT_BYTES, Long.BYTES);
    private final CStruct options = CStruct.allocate(arena, CStruct.TEST_RUN_OPTS)
            .set("data_in", in)
            .set("data_out", out)
            .set("repeat", 1)
            .set("ctx_in", context)
            .set("ctx_size_in", (int) CONTEXT_BYTES);
    private final MemorySegment xdpContext = arena.allocate(XDP_CONTEXT_BYTES, Long.BYTES);
    private final CStruct xdpOptions = CStruct.allocate(arena, CStruct.TEST_RUN_OPTS)
            .set("data_in", in)
            .set("data_out", out)
            .set("repeat", 1)
            .set("ctx_in", xdpContext)
            .set("ctx_size_in", (int) XDP_CONTEXT_BYTES);
    private MemorySegment last = options.memory();
    private final long sizeIn = options.offset("data_size_in");
    private final long sizeOut = options.offset("data_size_out");
    private final long verdict = options.offset("retval");

    /// Runs a program once.
    ///
    /// @param packet from the Ethernet header on, 14 to 3,500 bytes; the kernel refuses one that announces IPv4 or
    /// IPv6 and is too short for that header
    /// @param ifindex the interface that the program seems to run at; 1 is loopback
    /// @param ingressIfindex the interface that the packet came in by; 0: none
    /// @return the verdict: a `TC_ACT_*` number
    public int run(BpfProgram program, byte[] packet, int ifindex, int ingressIfindex) {
        context.set(JAVA_INT, IFINDEX, ifindex);
        context.set(JAVA_INT, INGRESS_IFINDEX, ingressIfindex);
        return run(program, packet, options.memory());
    }

    /// Runs an XDP program once.
    ///
    /// @param packet from the Ethernet header on, 14 to 3,500 bytes
    /// @param ifindex the interface that the packet seems to come in by, which must have an XDP program
    /// @return the verdict: an `XDP_*` number
    public int runXdp(BpfProgram program, byte[] packet, int ifindex) {
        xdpContext.set(JAVA_INT, XDP_DATA_END, packet.length);
        xdpContext.set(JAVA_INT, XDP_INGRESS_IFINDEX, ifindex);
        return run(program, packet, xdpOptions.memory());
    }

    private int run(BpfProgram program, byte[] packet, MemorySegment memory) {
        last = memory;
        MemorySegment.copy(packet, 0, in, JAVA_BYTE, 0, packet.length);
        memory.set(JAVA_INT, sizeIn, packet.length);
        memory.set(JAVA_INT, sizeOut, ROOM);
        int result = LibbpfLinks.testRun(program.fd(), memory);
        if (result < 0) {
            throw SystemCallException.of(
                    "run program " + program.name() + " on " + packet.length + " bytes", Errno.ofResult(result));
        }
        return memory.get(JAVA_INT, verdict);
    }

    /// What the last run left of its packet.
    public byte[] packet() {
        return out.asSlice(0, last.get(JAVA_INT, sizeOut)).toArray(JAVA_BYTE);
    }

    @Override
    public void close() {
        arena.close();
    }
}
