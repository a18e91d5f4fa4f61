// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/// Reads what a network namespace has: that of the thread which calls. No privilege is needed.
///
/// Each list is one dump of rtnetlink(7). If the kernel says that something changed while it walked
/// (`NLM_F_DUMP_INTR`), the dump is made again, so that a list never lacks an object that was there all the time.
public final class Rtnetlink {

    private static final int REQUEST_DUMP = 0x301;
    /// `NLM_F_REQUEST`, `NLM_F_ACK`
    private static final int REQUEST_ANSWERED = 0x5;
    private static final int IFLA_TARGET_NETNSID = 46;
    /// `NLM_F_REQUEST`, `NLM_F_REPLACE`, `NLM_F_CREATE`
    private static final int REQUEST_REPLACE = 0x501;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final short NUD_NONE = 0;
    private static final short NUD_FAILED = 0x20;
    private static final byte NTF_USE = 1;
    private static final short NDA_DST = 1;
    private static final int ATTEMPTS = 20;
    private static final int TIMEOUT_SECONDS = 10;
    /// `RTEXT_FILTER_SKIP_STATS`: counters make up most of a link's message.
    private static final byte[] LINK_REQUEST = ByteBuffer.allocate(24)
            .order(ByteOrder.nativeOrder())
            .putInt(16, 8 | 29 << 16)
            .putInt(20, 1 << 3)
            .array();

    private Rtnetlink() {}

    /// All interfaces, with those that are down.
    public static List<Link> links() {
        return dump("list interfaces", Link.class, ObjectMessages.NEW_LINK, LINK_REQUEST);
    }

    /// One interface of another namespace.
    ///
    /// @param index there
    /// @param namespace this namespace's number for it ([Link#peerNamespace])
    /// @return empty if it is gone. Needs `CAP_NET_ADMIN`
    public static Optional<Link> link(int index, int namespace) {
        ByteBuffer message = ByteBuffer.allocate(16 + 16 + 16).order(ByteOrder.nativeOrder());
        message.putInt(message.capacity())
                .putShort((short) (ObjectMessages.NEW_LINK + 2))
                .putShort((short) REQUEST_ANSWERED)
                .putInt(1)
                .putInt(0);
        message.putInt(0).putInt(index).putLong(0);
        message.put(LINK_REQUEST, 16, 8).putInt(8 | IFLA_TARGET_NETNSID << 16).putInt(namespace);
        try (NetlinkSocket socket = new NetlinkSocket(0)) {
            socket.receiveTimeout(TIMEOUT_SECONDS);
            socket.send(message.array());
            return new Dump<>("read an interface of another namespace", Link.class, 1)
                    .read(socket::receive).stream().flatMap(List::stream).findFirst();
        } catch (NetlinkException e) {
            return Optional.empty();
        }
    }

    /// All addresses of both families.
    public static List<InterfaceAddress> addresses() {
        return dump("list addresses", InterfaceAddress.class, ObjectMessages.NEW_ADDRESS, new byte[8]);
    }

    /// All routes of both families and all tables.
    public static List<Route> routes() {
        return dump("list routes", Route.class, ObjectMessages.NEW_ROUTE, new byte[12]);
    }

    /// All neighbours of both families.
    public static List<Neighbour> neighbours() {
        return dump("list neighbours", Neighbour.class, ObjectMessages.NEW_NEIGHBOUR, new byte[12]);
    }

    /// What all bridges know of stations behind their ports.
    public static List<BridgeEntry> bridgeEntries() {
        byte[] body = new byte[12];
        body[0] = ObjectMessages.AF_BRIDGE;
        return dump("list stations of bridges", BridgeEntry.class, ObjectMessages.NEW_NEIGHBOUR, body);
    }

    /// Has the kernel ask for a neighbour's hardware address (`NTF_USE`), as it does when a packet is for it. The
    /// answer shows among neighbours; there is none where nobody has the address. Needs `CAP_NET_ADMIN`.
    ///
    /// @param link index of the interface to ask on
    public static void askForNeighbour(int link, IpAddress address) {
        tell(link, address, NUD_NONE, NTF_USE);
    }

    /// Has the kernel forget what it believes of a neighbour (`NUD_FAILED`), so that who asks next asks everybody.
    public static void forgetNeighbour(int link, IpAddress address) {
        tell(link, address, NUD_FAILED, (byte) 0);
    }

    private static void tell(int link, IpAddress address, short state, byte flags) {
        int bytes = address.family().bits() / 8;
        ByteBuffer message = ByteBuffer.allocate(16 + 12 + 4 + bytes).order(ByteOrder.nativeOrder());
        message.putInt(message.capacity())
                .putShort((short) ObjectMessages.NEW_NEIGHBOUR)
                .putShort((short) REQUEST_REPLACE)
                .putLong(0);
        message.put((byte) (address.isV4() ? AF_INET : AF_INET6))
                .put(new byte[3])
                .putInt(link);
        message.putShort(state).put(flags).put((byte) 0);
        message.putShort((short) (4 + bytes)).putShort(NDA_DST).put(address.toBytes(), 16 - bytes, bytes);
        try (NetlinkSocket socket = new NetlinkSocket(0)) {
            socket.send(message.array());
        }
    }

    private static <T extends NetworkObject> List<T> dump(String operation, Class<T> kind, int type, byte[] body) {
        try (NetlinkSocket socket = new NetlinkSocket(0)) {
            socket.receiveTimeout(TIMEOUT_SECONDS);
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                socket.send(request(type + 2, attempt, body));
                Optional<List<T>> objects = new Dump<>(operation, kind, attempt).read(socket::receive);
                if (objects.isPresent()) {
                    return objects.get();
                }
            }
        }
        throw NetlinkException.of(
                operation, "they changed during each of " + ATTEMPTS + " attempts; try again when the node is calmer");
    }

    /// A message that asks for all objects of a type.
    static byte[] request(int type, int sequence, byte[] body) {
        return ByteBuffer.allocate(16 + body.length)
                .order(ByteOrder.nativeOrder())
                .putInt(16 + body.length)
                .putShort((short) type)
                .putShort((short) REQUEST_DUMP)
                .putInt(sequence)
                .putInt(0)
                .put(body)
                .array();
    }
}
