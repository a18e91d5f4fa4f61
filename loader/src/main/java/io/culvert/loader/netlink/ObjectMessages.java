// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.net.IpAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Turns messages of rtnetlink(7) into what they are about. Layouts: include/uapi/linux/{rtnetlink,if_link,if_addr,
/// neighbour}.h.
final class ObjectMessages {

    static final int NEW_LINK = 16;
    static final int NEW_ADDRESS = 20;
    static final int NEW_ROUTE = 24;
    static final int NEW_NEIGHBOUR = 28;

    static final int AF_BRIDGE = 7;

    private static final int ETHERNET = 1;
    private static final Set<String> NO_QUEUE = Set.of("", "noqueue", "noop");
    private static final int NUD_PERMANENT = 0x80;
    private static final int IFF_UP = 1;
    private static final int IFF_LOOPBACK = 1 << 3;
    private static final int IFF_RUNNING = 1 << 6;
    /// `IFA_F_SECONDARY` (of IPv6: temporary), `IFA_F_DADFAILED`, `IFA_F_DEPRECATED`, `IFA_F_TENTATIVE`
    private static final int NOT_PREFERRED = 0x1 | 0x8 | 0x20 | 0x40;

    private ObjectMessages() {}

    /// The change that a message reports; a dump reports everything as new. Empty for what Culvert does not look at:
    /// other types, other address families, a bridge's view of its ports.
    ///
    /// @throws NetlinkException if the message contradicts itself
    static Optional<NetworkChange> parse(NetlinkMessage message) {
        int type = message.type();
        // Removal has the next number after addition.
        boolean removed = (type & 1) != 0;
        Optional<? extends NetworkObject> object = switch (type & ~1) {
            case NEW_LINK -> link(message.payload());
            case NEW_ADDRESS -> address(message.payload());
            case NEW_ROUTE -> RouteMessage.parse(message.payload());
            case NEW_NEIGHBOUR ->
                message.payload().u8(0, "ndm_family") == AF_BRIDGE
                        ? bridgeEntry(message.payload())
                        : neighbour(message.payload());
            default -> Optional.empty();
        };
        return object.map(value -> new NetworkChange(removed, value));
    }

    private static Optional<Link> link(NetlinkBytes bytes) {
        // A bridge reports the coming and going of its ports as links of family AF_BRIDGE; the interface stays.
        if (bytes.u8(0, "ifi_family") != 0) {
            return Optional.empty();
        }
        int flags = bytes.s32(8, "ifi_flags");
        boolean ethernet = bytes.u16(2, "ifi_type") == ETHERNET;
        Map<Integer, NetlinkBytes> attributes = bytes.from(16, "a link").attributes();
        Map<Integer, NetlinkBytes> info =
                attribute(attributes, 18).map(NetlinkBytes::attributes).orElse(Map.of());
        return Optional.of(new Link(
                bytes.s32(4, "ifi_index"),
                text(attributes, 3),
                text(info, 1),
                (flags & IFF_UP) != 0,
                (flags & IFF_RUNNING) != 0,
                (flags & IFF_LOOPBACK) != 0,
                number(attributes, 4).orElse(0),
                positive(attributes, 10),
                positive(attributes, 5),
                number(attributes, 37),
                attribute(attributes, 1).filter(_ -> ethernet).flatMap(NetlinkBytes::macAddress),
                NO_QUEUE.contains(text(attributes, 6)) && !keepsApart(info)));
    }

    /// `IFLA_BR_VLAN_FILTERING` of a bridge, `IFLA_BRPORT_ISOLATED` of a port.
    private static boolean keepsApart(Map<Integer, NetlinkBytes> info) {
        return (text(info, 1).equals("bridge") && isSet(info, 2, 7))
                || (text(info, 4).equals("bridge") && isSet(info, 5, 33));
    }

    private static boolean isSet(Map<Integer, NetlinkBytes> info, int data, int option) {
        return attribute(info, data)
                .flatMap(nested -> attribute(nested.attributes(), option))
                .filter(value -> value.u8(0, "option " + option) != 0)
                .isPresent();
    }

    private static Optional<InterfaceAddress> address(NetlinkBytes bytes) {
        int family = bytes.u8(0, "ifa_family");
        int length = bytes.u8(1, "ifa_prefixlen");
        boolean global = bytes.u8(3, "ifa_scope") == 0;
        int link = bytes.s32(4, "ifa_index");
        Map<Integer, NetlinkBytes> attributes = bytes.from(8, "an address").attributes();
        // IFA_FLAGS has all of them, the header the first eight.
        int flags = number(attributes, 8).orElse(bytes.u8(2, "ifa_flags"));
        // On a point-to-point link IFA_ADDRESS is the other end's and IFA_LOCAL is ours.
        return attribute(attributes, 2)
                .or(() -> attribute(attributes, 1))
                .flatMap(value -> value.address(family))
                .filter(address -> length <= address.family().bits())
                .map(address -> new InterfaceAddress(link, address, length, global, (flags & NOT_PREFERRED) == 0));
    }

    private static Optional<Neighbour> neighbour(NetlinkBytes bytes) {
        int family = bytes.u8(0, "ndm_family");
        int link = bytes.s32(4, "ndm_ifindex");
        int state = bytes.u16(8, "ndm_state");
        Map<Integer, NetlinkBytes> attributes = bytes.from(12, "a neighbour").attributes();
        Optional<IpAddress> address = attribute(attributes, 1).flatMap(value -> value.address(family));
        return address.map(
                ip -> new Neighbour(link, ip, attribute(attributes, 2).flatMap(NetlinkBytes::macAddress), state));
    }

    /// Entries of the devices themselves (`NTF_SELF`: their multicast filters, tunnels of a vxlan) have no
    /// `NDA_MASTER`.
    private static Optional<BridgeEntry> bridgeEntry(NetlinkBytes bytes) {
        int port = bytes.s32(4, "ndm_ifindex");
        boolean own = (bytes.u16(8, "ndm_state") & NUD_PERMANENT) != 0;
        Map<Integer, NetlinkBytes> attributes = bytes.from(12, "a neighbour").attributes();
        OptionalInt bridge = positive(attributes, 9);
        return bridge.isEmpty()
                ? Optional.empty()
                : attribute(attributes, 2)
                        .flatMap(NetlinkBytes::macAddress)
                        .map(address -> new BridgeEntry(bridge.getAsInt(), port, address, own));
    }

    static Optional<NetlinkBytes> attribute(Map<Integer, NetlinkBytes> attributes, int type) {
        return Optional.ofNullable(attributes.get(type));
    }

    static OptionalInt number(Map<Integer, NetlinkBytes> attributes, int type) {
        NetlinkBytes value = attributes.get(type);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value.s32(0, "attribute " + type));
    }

    /// An index; 0 stands for none.
    static OptionalInt positive(Map<Integer, NetlinkBytes> attributes, int type) {
        OptionalInt value = number(attributes, type);
        return value.orElse(0) > 0 ? value : OptionalInt.empty();
    }

    private static String text(Map<Integer, NetlinkBytes> attributes, int type) {
        return attribute(attributes, type).map(NetlinkBytes::text).orElse("");
    }
}
