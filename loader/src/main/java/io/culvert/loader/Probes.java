// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.SystemCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/// How the features of programs and links are tried; those of maps are in [MapProbes]. Everything that a
/// probe makes is gone when it returns.
final class Probes {

    static final int SK_STORAGE_GET = 107;
    private static final int REDIRECT_NEIGH = 152;
    private static final int REDIRECT_PEER = 155;
    private static final int SET_RETVAL = 187;

    /// Links to an interface that cannot exist fail with ENODEV where tcx is known.
    private static final int NO_INTERFACE = Integer.MAX_VALUE;

    /// The loopback interface has this index in every network namespace.
    private static final int LOOPBACK = 1;

    private static final int XDP_ATTACH_TYPE = 37;
    private static final int XDP_FLAGS_HW_MODE = 1 << 3;
    private static final int XDP_PASS = 2;
    private static final String NAME = "culvert_probe";

    private Probes() {}

    static ProbeOutcome attempt(KernelFeature feature) {
        return switch (feature) {
            case CGROUP_CONNECT -> cgroup(CgroupHook.CONNECT4);
            case CGROUP_SENDMSG -> cgroup(CgroupHook.SENDMSG4);
            case CGROUP_RECVMSG -> cgroup(CgroupHook.RECVMSG4);
            case CGROUP_GETPEERNAME -> cgroup(CgroupHook.GETPEERNAME4);
            case SET_RETVAL -> setReturnValue();
            case SK_STORAGE -> MapProbes.socketStorage();
            case TC_PROGRAMS -> tcProgram();
            case TCX_LINK -> tcxLink();
            case REDIRECT_PEER -> redirectPeer();
            case REDIRECT_NEIGH -> redirectNeighbour();
            case XDP_LINK -> xdpLink();
            case BATCH_OPERATIONS -> MapProbes.batchOperations();
            case MMAPABLE_ARRAY -> MapProbes.mappableArray();
            case RING_BUFFER -> MapProbes.ringBuffer();
            case TEST_RUN -> testRun();
            case BTF -> MapProbes.btf();
            case KERNEL_BTF -> kernelBtf();
            case RUN_TIME_STATISTICS -> runTimeStatistics();
        };
    }

    private static ProbeOutcome cgroup(CgroupHook hook) {
        return loading(ProbeProgram.returning(ProbeProgram.TYPE_CGROUP_SOCK_ADDR, hook.attachType(), 1));
    }

    private static ProbeOutcome setReturnValue() {
        return loading(ProbeProgram.calling(
                ProbeProgram.TYPE_CGROUP_SOCK_ADDR, CgroupHook.CONNECT4.attachType(), SET_RETVAL, 0));
    }

    private static ProbeOutcome tcProgram() {
        return loading(tc());
    }

    private static ProbeOutcome redirectPeer() {
        return loading(ProbeProgram.calling(ProbeProgram.TYPE_SCHED_CLS, 0, REDIRECT_PEER, 0));
    }

    private static ProbeOutcome redirectNeighbour() {
        return loading(ProbeProgram.calling(ProbeProgram.TYPE_SCHED_CLS, 0, REDIRECT_NEIGH, 0));
    }

    private static ProbeOutcome tcxLink() {
        return ProbeOutcome.expecting(
                Errno.ENODEV, loaded(tc(), fd -> link(fd, NO_INTERFACE, TcDirection.INGRESS.attachType(), 0)));
    }

    /// Asks for a network card's own processor on the loopback interface, which has none: a kernel with XDP links
    /// says so, one without does not know what to link.
    private static ProbeOutcome xdpLink() {
        ProbeProgram pass = ProbeProgram.returning(ProbeProgram.TYPE_XDP, XDP_ATTACH_TYPE, XDP_PASS);
        int result = loaded(pass, fd -> link(fd, LOOPBACK, XDP_ATTACH_TYPE, XDP_FLAGS_HW_MODE));
        return new ProbeOutcome(result, Set.of(Errno.EOPNOTSUPP), Set.of(Errno.EINVAL));
    }

    private static ProbeOutcome testRun() {
        return ProbeOutcome.of(loaded(tc(), Probes::runOnce));
    }

    private static ProbeOutcome runTimeStatistics() {
        return ProbeOutcome.of(closing(Libbpf.enableStats(RunTimeStatistics.BPF_STATS_RUN_TIME)));
    }

    private static ProbeOutcome kernelBtf() {
        boolean present = Files.exists(Path.of("/sys/kernel/btf/vmlinux"));
        return new ProbeOutcome(present ? 0 : -Errno.ENOENT.number(), Set.of(), Set.of(Errno.ENOENT));
    }

    private static ProbeProgram tc() {
        return ProbeProgram.returning(ProbeProgram.TYPE_SCHED_CLS, 0, 0);
    }

    private static int link(int program, int ifindex, int attachType, int flags) {
        return closing(BpfLink.create(new BpfProgram(NAME, program), ifindex, attachType, flags));
    }

    private static int runOnce(int program) {
        try {
            TestRun unused = new BpfProgram(NAME, program).testRun(new byte[BpfProgram.SHORTEST_PACKET], 1);
            return unused.verdict();
        } catch (SystemCallException e) {
            return -e.errno().number();
        }
    }

    /// A program that calls what the kernel does not know is refused with EINVAL, as are unknown types.
    static ProbeOutcome loading(ProbeProgram program) {
        return ProbeOutcome.of(closing(program.load()));
    }

    /// The result of the first call that fails: loading, or what is done with the program.
    private static int loaded(ProbeProgram program, IntUnaryOperator use) {
        int fd = program.load();
        if (fd < 0) {
            return fd;
        }
        try {
            return use.applyAsInt(fd);
        } finally {
            SystemCalls.close(fd);
        }
    }

    /// Closes a descriptor, if it is one, and returns it: only whether the call succeeded matters.
    static int closing(int result) {
        if (result >= 0) {
            SystemCalls.close(result);
        }
        return result;
    }
}
