// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// A tc program as a tcx link (kernel 6.6): several programs of different owners run one after the other,
/// before any clsact filter, and none can remove another's.
public final class TcxAttachment extends LinkAttachment {

    private final int ifindex;
    private final TcDirection direction;

    TcxAttachment(BpfLink link, int ifindex, TcDirection direction) {
        super(link);
        this.ifindex = ifindex;
        this.direction = direction;
    }

    /// Attaches behind the programs that are there already.
    ///
    /// @param ifindex index of an interface in this network namespace
    /// @throws UnsupportedFeatureException if the kernel is older than 6.6
    public static TcxAttachment attach(BpfProgram program, int ifindex, TcDirection direction) {
        return attach(program, ifindex, direction, TcOrder.AFTER_OTHERS);
    }

    /// Attaches before or behind the programs that are there already.
    ///
    /// @param ifindex index of an interface in this network namespace
    /// @throws UnsupportedFeatureException if the kernel is older than 6.6
    public static TcxAttachment attach(BpfProgram program, int ifindex, TcDirection direction, TcOrder order) {
        int fd = BpfLink.create(program, ifindex, direction.attachType(), order.flags());
        if (fd < 0) {
            String operation = "attach " + program.name() + " to " + describe(ifindex, direction);
            if (Errno.ofResult(fd).equals(Errno.EINVAL)) {
                KernelFeature.TCX_LINK.probe().require(operation, KernelFeature.TCX_LINK);
            }
            throw SystemCallException.of(operation, Errno.ofResult(fd));
        }
        return new TcxAttachment(new BpfLink(fd, null), ifindex, direction);
    }

    /// The index of the interface it was attached to.
    public int ifindex() {
        return ifindex;
    }

    /// Which packets the program sees.
    public TcDirection direction() {
        return direction;
    }

    @Override
    boolean hasTarget(BpfLink.Info info) {
        return info.ifindex() != 0;
    }

    @Override
    public String describe() {
        return describe(ifindex, direction);
    }

    private static String describe(int ifindex, TcDirection direction) {
        return "tcx " + direction + " of " + InterfaceNames.of(ifindex);
    }
}
