// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.lang.foreign.Arena;

/// An XDP program as a link (kernel 5.9). An interface has room for one.
public final class XdpAttachment extends LinkAttachment {

    /// `BPF_XDP` of `enum bpf_attach_type` (linux/bpf.h)
    private static final int ATTACH_TYPE = 37;

    /// `XDP_ATTACHED_SKB` of linux/if_link.h
    private static final int ATTACHED_GENERIC = 2;

    private final int ifindex;

    XdpAttachment(BpfLink link, int ifindex) {
        super(link);
        this.ifindex = ifindex;
    }

    /// Attaches in this mode only.
    ///
    /// @throws SystemCallException with EBUSY if another program is there, EOPNOTSUPP if the driver cannot
    public static XdpAttachment attach(BpfProgram program, int ifindex, XdpMode mode) {
        int fd = BpfLink.create(program, ifindex, ATTACH_TYPE, mode.flag());
        if (fd < 0) {
            throw failure(program, ifindex, mode, Errno.ofResult(fd));
        }
        return new XdpAttachment(new BpfLink(fd, null), ifindex);
    }

    private static SystemCallException failure(BpfProgram program, int ifindex, XdpMode mode, Errno errno) {
        String name = InterfaceNames.of(ifindex);
        String operation = "attach " + program.name() + " to " + mode + " XDP of " + name;
        return errno.equals(Errno.EBUSY) || errno.equals(Errno.EEXIST)
                ? SystemCallException.withRemedy(
                        operation,
                        errno,
                        "another XDP program is there; ip link set dev " + name + " xdp off removes it")
                : SystemCallException.of(operation, errno);
    }

    /// The index of the interface it was attached to.
    public int ifindex() {
        return ifindex;
    }

    /// Where the program runs; asks the interface, which must be in the network namespace of the calling
    /// thread.
    public XdpMode mode() {
        try (Arena arena = Arena.ofConfined()) {
            CStruct query = CStruct.allocate(arena, CStruct.XDP_QUERY_OPTS);
            SystemCallException.check(
                    LibbpfTc.queryXdp(ifindex, 0, query.memory()),
                    "ask for the XDP mode of " + InterfaceNames.of(ifindex));
            return query.getByte("attach_mode") == ATTACHED_GENERIC ? XdpMode.GENERIC : XdpMode.NATIVE;
        }
    }

    @Override
    boolean hasTarget(BpfLink.Info info) {
        return info.ifindex() != 0;
    }

    @Override
    public String describe() {
        return "XDP of " + InterfaceNames.of(ifindex);
    }
}
