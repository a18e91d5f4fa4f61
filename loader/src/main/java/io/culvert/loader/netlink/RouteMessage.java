// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import static io.culvert.loader.netlink.ObjectMessages.attribute;
import static io.culvert.loader.netlink.ObjectMessages.number;
import static io.culvert.loader.netlink.ObjectMessages.positive;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A message about a route: `struct rtmsg` and its attributes (include/uapi/linux/rtnetlink.h).
final class RouteMessage {

    private static final int CACHED = 0x200;
    private static final int NEXT_HOP_HEADER = 8;

    private static final int DESTINATION = 1;
    private static final int LINK = 4;
    private static final int GATEWAY = 5;
    private static final int PRIORITY = 6;
    private static final int SOURCE = 7;
    private static final int MULTIPATH = 9;
    private static final int TABLE = 15;
    private static final int VIA = 18;

    private RouteMessage() {}

    /// Empty for families other than IPv4 and IPv6, and for what the kernel learned about a single destination.
    static Optional<Route> parse(NetlinkBytes bytes) {
        int family = bytes.u8(0, "rtm_family");
        int length = bytes.u8(1, "rtm_dst_len");
        int table = bytes.u8(4, "rtm_table");
        Route.Type type = type(bytes.u8(7, "rtm_type"));
        boolean cached = (bytes.s32(8, "rtm_flags") & CACHED) != 0;
        Map<Integer, NetlinkBytes> attributes = bytes.from(12, "a route").attributes();
        if (cached) {
            return Optional.empty();
        }
        return destination(attributes, family, length)
                .map(destination -> new Route(
                        destination,
                        type,
                        number(attributes, TABLE).orElse(table),
                        Integer.toUnsignedLong(number(attributes, PRIORITY).orElse(0)),
                        attribute(attributes, SOURCE).flatMap(value -> value.address(family)),
                        hops(attributes, family)));
    }

    private static Optional<IpPrefix> destination(Map<Integer, NetlinkBytes> attributes, int family, int length) {
        Optional<IpAddress> any = switch (family) {
            case NetlinkBytes.INET -> Optional.of(IpAddress.ofV4(0));
            case NetlinkBytes.INET6 -> Optional.of(IpAddress.UNSPECIFIED);
            default -> Optional.empty();
        };
        return attribute(attributes, DESTINATION)
                .flatMap(value -> value.address(family))
                .or(() -> any)
                .filter(address -> length <= address.family().bits())
                .map(address -> new IpPrefix(address, length));
    }

    private static List<Route.Hop> hops(Map<Integer, NetlinkBytes> attributes, int family) {
        NetlinkBytes several = attributes.get(MULTIPATH);
        if (several != null) {
            return severalHops(several, family);
        }
        var hop = new Route.Hop(positive(attributes, LINK), gateway(attributes, family));
        return hop.link().isEmpty() && hop.gateway().isEmpty() ? List.of() : List.of(hop);
    }

    /// A sequence of `struct rtnexthop`, each with attributes of its own.
    private static List<Route.Hop> severalHops(NetlinkBytes bytes, int family) {
        List<Route.Hop> hops = new ArrayList<>();
        int at = 0;
        while (bytes.length() - at >= NEXT_HOP_HEADER) {
            int length = bytes.u16(at, "rtnh_len");
            if (length < NEXT_HOP_HEADER) {
                throw NetlinkException.malformed(bytes.base() + at, "a next hop of " + length + " bytes");
            }
            NetlinkBytes hop = bytes.part(at, length, "a next hop");
            int link = hop.s32(4, "rtnh_ifindex");
            hops.add(new Route.Hop(
                    link > 0 ? OptionalInt.of(link) : OptionalInt.empty(),
                    gateway(hop.from(NEXT_HOP_HEADER, "a next hop").attributes(), family)));
            at += NetlinkBytes.aligned(length);
        }
        return hops;
    }

    private static Optional<IpAddress> gateway(Map<Integer, NetlinkBytes> attributes, int family) {
        // RTA_VIA carries the family of the gateway in front of it.
        return attribute(attributes, GATEWAY)
                .flatMap(value -> value.address(family))
                .or(() -> attribute(attributes, VIA)
                        .flatMap(via -> via.from(2, "RTA_VIA").address(via.u16(0, "rtvia_family"))));
    }

    private static Route.Type type(int number) {
        return switch (number) {
            case 1 -> Route.Type.UNICAST;
            case 2 -> Route.Type.LOCAL;
            case 3 -> Route.Type.BROADCAST;
            case 4 -> Route.Type.ANYCAST;
            case 5 -> Route.Type.MULTICAST;
            case 6 -> Route.Type.BLACKHOLE;
            case 7 -> Route.Type.UNREACHABLE;
            case 8 -> Route.Type.PROHIBIT;
            default -> Route.Type.OTHER;
        };
    }
}
