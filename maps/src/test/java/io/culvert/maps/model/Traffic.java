// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// Packets of clients, backends and others, most of them of connections that exist, at the hook where they would be
/// met.
final class Traffic {

    private static final List<IpAddress> CLIENTS = addresses(
            "10.1.0.2", "10.1.0.2", "10.1.0.4", "10.1.1.2", "10.1.1.2", "203.0.113.7", "198.51.100.9", "192.0.2.1");
    private static final List<IpAddress> CLIENTS6 = addresses(
            "fd00:1::2", "fd00:1::2", "fd00:1::4", "fd00:1:1::2", "2001:db8:c::7", "2001:db8:c::7", "2001:db8::1");
    private static final List<IpAddress> ODD = addresses(
            "127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.1.2.3", "::1", "::", "ff02::1", "fe80::1");
    private static final List<IpAddress> ELSEWHERE = addresses(
            "10.96.0.10",
            "10.96.0.11",
            "10.96.7.7",
            "10.97.0.9",
            "192.0.2.1",
            "198.18.0.1",
            "8.8.8.8",
            "fd00:96::10",
            "fd00:96::11",
            "fd00:96::77",
            "2001:db8::1",
            "2001:4860::8");

    private static final IpAddress ROUTER4 = IpAddress.of("198.51.100.99");
    private static final IpAddress ROUTER6 = IpAddress.of("2001:db8:99::1");

    /// Fragments that are held back.
    private static final int LATER = 8;

    /// How often the flow table is looked at for connections to go on with.
    private static final int FRESH = 8;

    private final Random random;
    private final DatapathModel model;
    private final Scenario scenario;
    private final PacketMaker maker;
    private final Damage damage;
    private final Splitter splitter;
    private final Deque<Frame> later = new ArrayDeque<>();
    private final List<Entry> entries = new ArrayList<>();
    private int turns;

    Traffic(Random random, DatapathModel model, Scenario scenario) {
        this.random = random;
        this.model = model;
        this.scenario = scenario;
        this.maker = new PacketMaker(random);
        this.splitter = new Splitter(random);
        this.damage = new Damage(random);
    }

    private static List<IpAddress> addresses(String... texts) {
        return List.of(texts).stream().map(IpAddress::of).toList();
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    Frame next() {
        if (turns++ % FRESH == 0) {
            entries.clear();
            entries.addAll(model.flows.entries.values());
        }
        Frame frame = later.isEmpty() || random.nextInt(3) == 0 ? cut(frame()) : later.removeFirst();
        return random.nextInt(4) == 0
                ? new Frame(frame.hook(), damage.to(frame.bytes()), frame.device(), frame.cameFrom())
                : frame;
    }

    /// Now and then a fragment, whose other half comes soon, or came before.
    private Frame cut(Frame frame) {
        if (random.nextInt(10) != 0) {
            return frame;
        }
        List<Frame> halves = splitter.split(frame.bytes()).stream()
                .map(bytes -> new Frame(frame.hook(), bytes, frame.device(), frame.cameFrom()))
                .toList();
        boolean wrongOrder = random.nextInt(6) == 0;
        Frame now = wrongOrder ? halves.getLast() : halves.getFirst();
        if (later.size() < LATER) {
            later.add(wrongOrder ? halves.getFirst() : halves.getLast());
        }
        return now;
    }

    private Frame frame() {
        int kind = random.nextInt(20);
        if (kind < 5 || entries.isEmpty()) {
            return opening();
        }
        if (kind < 7) {
            return elsewhere();
        }
        Entry entry = any(entries);
        Connection connection = entry.connection;
        if (random.nextInt(10) == 0) {
            return error(entry);
        }
        if (entry.role == FlowRole.FORWARD && random.nextInt(3) != 0) {
            return enters(connection.protocol, connection.client, connection.service);
        }
        IpPort towards = entry.role == FlowRole.MASQUERADE ? connection.masquerade : connection.source;
        return switch (random.nextInt(entry.role == FlowRole.MASQUERADE ? 3 : 8)) {
            case 0, 3, 4 -> at(egress(), connection.protocol, towards, connection.backend);
            case 1, 2 -> at(ingress(), connection.protocol, connection.backend, towards);
            default -> at(egress(), connection.protocol, connection.backend, towards);
        };
    }

    /// Somebody tells one end of a connection that a packet did not arrive: the other end, or a router.
    private Frame error(Entry entry) {
        FlowKey key = entry.key();
        boolean swap = random.nextBoolean();
        IpPort from = swap ? key.high() : key.low();
        IpPort to = swap ? key.low() : key.high();
        IpAddress router = from.address().isV4() ? ROUTER4 : ROUTER6;
        IpAddress source = random.nextBoolean() ? router : to.address();
        Hook hook = random.nextBoolean() ? ingress() : egress();
        int device = device(hook);
        int cameFrom = hook.isIngress() ? device : random.nextInt(3) == 0 ? 0 : Site.OUTER;
        return new Frame(hook, maker.error(source, entry.connection.protocol, from, to), device, cameFrom);
    }

    private Hook ingress() {
        return random.nextBoolean() ? Hook.POD_INGRESS : Hook.NET_INGRESS;
    }

    private Hook egress() {
        return random.nextBoolean() ? Hook.POD_EGRESS : Hook.NET_EGRESS;
    }

    /// A client that may be new, to a Service.
    private Frame opening() {
        FrontendKey key = any(scenario.keys);
        boolean v4 = key.address().isV4();
        IpAddress address = key.address();
        boolean wildcard = key.port() >= FIRST_NODE_PORT && key.port() < FIRST_NODE_PORT + Scenario.SERVICES;
        if (wildcard && random.nextInt(16) != 0) {
            address = IpAddress.of(v4 ? (random.nextInt(8) == 0 ? "198.18.0.1" : "192.0.2.1") : "2001:db8::1");
        }
        IpPort client = client(v4);
        return enters(key.protocol(), client, new IpPort(address, key.port()));
    }

    private static final int FIRST_NODE_PORT = 30080;

    private IpPort client(boolean v4) {
        int odd = random.nextInt(64);
        IpAddress address = any(v4 ? CLIENTS : CLIENTS6);
        if (odd == 0) {
            IpAddress candidate = any(ODD);
            address = candidate.isV4() == v4 ? candidate : address;
        }
        int port = odd == 1 ? 0 : odd < 5 ? 50000 + random.nextInt(4) : 40000 + random.nextInt(3);
        return new IpPort(address, port);
    }

    /// To addresses and ports that no frontend has.
    private Frame elsewhere() {
        IpAddress destination = any(ELSEWHERE);
        int port = random.nextInt(3) == 0 ? 50000 + random.nextInt(4) : 81;
        IpPort client = client(destination.isV4());
        return enters(any(List.of(Protocol.values())), client, new IpPort(destination, port));
    }

    /// Where a packet of a client is met first, or now and then anywhere.
    private Frame enters(Protocol protocol, IpPort client, IpPort service) {
        if (random.nextInt(16) == 0) {
            return at(any(List.of(Hook.values())), protocol, client, service);
        }
        boolean node =
                client.address().equals(Settings.NODE4) || client.address().equals(Settings.NODE6);
        if (node && random.nextInt(8) != 0) {
            Hook hook = egress();
            return new Frame(hook, maker.packet(protocol, client, service), device(hook), 0);
        }
        return at(ingress(), protocol, client, service);
    }

    private Frame at(Hook hook, Protocol protocol, IpPort source, IpPort destination) {
        int device = device(hook);
        int cameFrom = hook.isIngress() ? device : random.nextInt(5) == 0 ? 0 : Site.OUTER;
        return new Frame(hook, maker.packet(protocol, source, destination), device, cameFrom);
    }

    private int device(Hook hook) {
        return hook.isPod() ? Site.PODS : random.nextBoolean() ? Site.OUTER : Site.INNER;
    }
}
