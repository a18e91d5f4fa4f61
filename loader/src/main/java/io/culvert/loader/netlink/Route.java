// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A route.
///
/// @param table for example [#MAIN_TABLE]
/// @param priority the metric: of two routes with the same destination the one with the smaller value is used
/// @param source what the kernel chooses as source address
/// @param hops where packets go: one, or several for a multipath route, or none where `type` sends packets nowhere
public record Route(
        IpPrefix destination, Type type, int table, long priority, Optional<IpAddress> source, List<Hop> hops)
        implements NetworkObject {

    public static final int MAIN_TABLE = 254;
    public static final int LOCAL_TABLE = 255;

    public Route {
        hops = List.copyOf(hops);
    }

    /// A next hop.
    ///
    /// @param link index of the interface, if the route names one
    /// @param gateway may be of the other family than the route (RFC 5549); empty if the destination is on the link
    public record Hop(OptionalInt link, Optional<IpAddress> gateway) {}

    /// What happens to packets (rtnetlink(7), `rtm_type`).
    public enum Type {
        UNICAST,
        LOCAL,
        BROADCAST,
        ANYCAST,
        MULTICAST,
        BLACKHOLE,
        UNREACHABLE,
        PROHIBIT,
        OTHER
    }

    /// Whether it is a default route.
    public boolean isDefault() {
        return destination.length() == 0 && type == Type.UNICAST;
    }
}
