// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.CgroupHook;
import io.culvert.loader.TcDirection;
import io.culvert.loader.XdpMode;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a pinned attachment: which program on which target. It carries the target's number, so that a target
/// that came back under the same path is not mistaken for the one that went.
///
/// @param kind `sock`, `pod`, `net` or `xdp`
/// @param target inode number of the cgroup, or index of the interface
/// @param hook for example `connect4`, or `ingress`
record LinkName(String kind, long target, String hook) implements Comparable<LinkName> {

    private static final String GENERIC = "generic";
    private static final Pattern NAME = Pattern.compile("(sock|pod|net|xdp)_(\\d{1,18})_([a-z0-9_]+)");
    private static final Comparator<LinkName> ORDER = Comparator.comparing(LinkName::kind)
            .thenComparingLong(LinkName::target)
            .thenComparing(LinkName::hook);

    static LinkName socket(long cgroup, CgroupHook hook) {
        return new LinkName("sock", cgroup, hook.toString());
    }

    static LinkName pod(int ifindex, TcDirection direction) {
        return new LinkName("pod", ifindex, direction.toString());
    }

    static LinkName node(int ifindex, TcDirection direction) {
        return new LinkName("net", ifindex, direction.toString());
    }

    static LinkName xdp(int ifindex, XdpMode mode) {
        return new LinkName("xdp", ifindex, mode == XdpMode.GENERIC ? GENERIC : "lb");
    }

    /// Reads the name of a pin; empty if it is none of ours.
    static Optional<LinkName> parse(String pin) {
        Matcher match = NAME.matcher(pin);
        return match.matches()
                ? Optional.of(new LinkName(match.group(1), Long.parseLong(match.group(2)), match.group(3)))
                : Optional.empty();
    }

    /// The program that belongs there.
    String program() {
        return kind + "_" + hook;
    }

    boolean isSocket() {
        return kind.equals("sock");
    }

    boolean isNode() {
        return kind.equals("net");
    }

    boolean isPod() {
        return kind.equals("pod");
    }

    boolean isXdp() {
        return kind.equals("xdp");
    }

    /// Where a program of XDP is to run.
    XdpMode xdpMode() {
        return hook.equals(GENERIC) ? XdpMode.GENERIC : XdpMode.NATIVE;
    }

    /// The name of the pin.
    @Override
    public String toString() {
        return kind + "_" + target + "_" + hook;
    }

    @Override
    public int compareTo(LinkName other) {
        return ORDER.compare(this, other);
    }
}
