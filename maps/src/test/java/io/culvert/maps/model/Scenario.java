// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Control;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentTables;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowRole;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.SourceRangeKey;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Services and what happens to them, told to the programs and to the model alike.
final class Scenario {

    private static final int AFFINITY = 25_000;

    /// Entries of the flow table beyond which a scenario begins anew.
    private static final int MANY = 150;

    private static final List<IpPort> BACKENDS = List.of(
            end("10.1.0.2", 8080),
            end("10.1.0.3", 8080),
            end("10.1.1.5", 8080),
            end("10.1.2.6", 8081),
            end("192.0.2.1", 8080),
            end("203.0.113.200", 9090));
    private static final List<IpPort> BACKENDS6 = List.of(
            end("fd00:1::2", 8080),
            end("fd00:1::3", 8080),
            end("fd00:1:1::5", 8080),
            end("fd00:1:2::6", 8081),
            end("2001:db8::1", 8080),
            end("2001:db8:203::200", 9090));

    /// What a Service has at most of each kind of address, by its number.
    static final int SERVICES = 5;

    private final Random random;
    private final Kernel kernel;
    private final DatapathModel model;
    private final Network network;
    final List<FrontendKey> keys = new ArrayList<>();
    private final Map<FrontendKey, Integer> owners = new HashMap<>();
    private final Map<FrontendKey, FrontendType> types = new HashMap<>();
    private final Map<Integer, Map<IpPort, Integer>> ids = new HashMap<>();
    private final List<Integer> services = new ArrayList<>();
    private final Map<Integer, Boolean> families = new HashMap<>();

    private static IpPort end(String address, int port) {
        return new IpPort(IpAddress.of(address), port);
    }

    Scenario(Random random, Kernel kernel, DatapathModel model) {
        this.random = random;
        this.kernel = kernel;
        this.model = model;
        this.network = model.network;
        describeNode();
        for (Protocol protocol : Protocol.values()) {
            for (int number = 0; number < SERVICES; number++) {
                service(protocol, number, true);
                service(protocol, number, false);
            }
        }
    }

    private void describeNode() {
        network.devices.forEach((index, device) -> kernel.put(Tables.DEVICES, new DeviceKey(index), device));
        network.nodeAddresses.forEach(
                (address, flags) -> kernel.put(Tables.NODE_ADDRESSES, new AddressKey(address), flags));
        List<AddressRange> ranges = network.ranges.stream()
                .map(range -> AddressRange.of(range.prefix(), range.meanings()))
                .toList();
        kernel.put(Tables.CONTROL, 0, Control.EMPTY.withRanges(ranges));
    }

    private void service(Protocol protocol, int number, boolean v4) {
        int index = kernel.extents.reserve();
        services.add(index);
        families.put(index, v4);
        ids.put(index, new HashMap<>());
        IpAddress cluster = IpAddress.of((v4 ? "10.96.0.1" : "fd00:96::1") + number);
        network.clusterAddresses.put(cluster, number == 0 ? AddressKey.LEAVE : AddressKey.REFUSE);
        kernel.put(Tables.CLUSTER_ADDRESSES, new AddressKey(cluster), number == 0 ? 0 : AddressKey.REFUSE);
        // One port lies among those that translation uses.
        own(new FrontendKey(cluster, number == 1 ? 50001 : 80, protocol), index, FrontendType.CLUSTER_IP);
        String balancer = v4 ? "203.0.113.1" : "2001:db8:203::1";
        own(new FrontendKey(IpAddress.of(balancer + number), 80, protocol), index, FrontendType.LOAD_BALANCER);
        String external = v4 ? "198.51.100.1" : "2001:db8:198::1";
        own(new FrontendKey(IpAddress.of(external + number), 443, protocol), index, FrontendType.EXTERNAL_IP);
        IpAddress wildcard = v4 ? IpAddress.ofV4(0) : IpAddress.UNSPECIFIED;
        own(new FrontendKey(wildcard, 30080 + number, protocol), index, FrontendType.NODE_PORT);
        publish(index);
    }

    private void own(FrontendKey key, int index, FrontendType type) {
        keys.add(key);
        owners.put(key, index);
        types.put(key, type);
        add(key);
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    /// Something that happens between two packets.
    String happen() {
        if (model.flows.entries.size() > MANY || oneIn(30)) {
            begin();
            return "all flows are gone";
        }
        int service = services.get(random.nextInt(services.size()));
        FrontendKey key = keys.get(random.nextInt(keys.size()));
        return switch (random.nextInt(8)) {
            case 0, 1 -> publish(service);
            case 2 -> oneIn(3) ? withdraw(service) : publish(service);
            case 3 -> oneIn(2) ? remove(key) : add(key);
            case 4 -> add(key);
            case 5 -> sourceRange(service);
            case 6 -> age();
            default -> collect();
        };
    }

    private String add(FrontendKey key) {
        Set<FrontendFlag> flags = EnumSet.noneOf(FrontendFlag.class);
        // What is handed to other nodes depends on routes, which the model has none of: see DsrSendKernelTest.
        for (FrontendFlag flag : EnumSet.complementOf(EnumSet.of(FrontendFlag.DSR))) {
            if (oneIn(flag == FrontendFlag.SOURCE_RANGES ? 8 : 3)) {
                flags.add(flag);
            }
        }
        Frontend frontend =
                new Frontend(owners.getOrDefault(key, 0), types.getOrDefault(key, FrontendType.CLUSTER_IP), flags);
        kernel.put(Tables.FRONTENDS, key, frontend);
        network.frontends.put(key, frontend);
        return "frontend " + key + " is " + frontend;
    }

    private String remove(FrontendKey key) {
        kernel.remove(Tables.FRONTENDS, key);
        network.frontends.remove(key);
        return "no frontend " + key;
    }

    /// New backends, of which some were there before and keep their id.
    private String publish(int service) {
        Map<IpPort, Integer> known = ids.getOrDefault(service, Map.of());
        boolean v4 = families.getOrDefault(service, true) ^ oneIn(20);
        List<Backend> backends = new ArrayList<>();
        int locals = 0;
        for (IpPort end : v4 ? BACKENDS : BACKENDS6) {
            if (oneIn(3)) {
                boolean local = backends.size() < 2;
                int id = known.computeIfAbsent(end, _ -> kernel.ids.allocate());
                network.published.add(id);
                backends.add(new Backend(end.address(), end.port(), 1, id, 0, local, false));
                locals += local ? 1 : 0;
            }
        }
        int first = oneIn(2) ? 0 : random.nextInt(locals + 1);
        Algorithm[] algorithms = Algorithm.values();
        Extent bare = new Extent(
                service,
                0,
                random.nextInt(locals + 1),
                first,
                backends.size() - first,
                oneIn(4) ? AFFINITY : 0,
                oneIn(2) ? Algorithm.RANDOM : algorithms[random.nextInt(algorithms.length)],
                oneIn(2),
                oneIn(4),
                backends);
        Extent extent = oneIn(2)
                ? bare
                : bare.withTables(Optional.of(new ExtentTables(table(bare.clusterCount()), table(bare.localCount()))));
        kernel.extents.publish(extent);
        network.extents.put(service, extent);
        retire(service, backends);
        return "published " + extent;
    }

    /// Any table of a set, or none.
    private SelectionTable table(int backends) {
        return backends == 0
                ? SelectionTable.EMPTY
                : SelectionTable.of(random.ints(random.nextInt(50), 0, backends).toArray());
    }

    /// Releases what a Service does not have any more, after its extent has gone.
    private void retire(int service, List<Backend> present) {
        Set<Integer> live = new HashSet<>();
        present.forEach(backend -> live.add(backend.id()));
        // Sometimes one goes on serving that no set contains.
        ids.getOrDefault(service, Map.of()).values().removeIf(id -> {
            boolean goes = !live.contains(id) && !oneIn(4);
            if (goes) {
                kernel.ids.release(id);
                network.published.remove(id);
            }
            return goes;
        });
    }

    /// Takes a Service away, and has another in its place, which frontends lead to when they are written anew.
    private String withdraw(int service) {
        kernel.extents.withdraw(service);
        network.extents.remove(service);
        Map<IpPort, Integer> gone = ids.getOrDefault(service, Map.of());
        gone.values().forEach(id -> {
            kernel.ids.release(id);
            network.published.remove(id);
        });
        gone.clear();
        int fresh = kernel.extents.reserve();
        ids.put(fresh, gone);
        families.put(fresh, families.getOrDefault(service, true));
        services.replaceAll(index -> index == service ? fresh : index);
        owners.replaceAll((_, index) -> index == service ? fresh : index);
        return "withdrew " + service + " for " + fresh;
    }

    private String sourceRange(int service) {
        boolean v4 = families.getOrDefault(service, true);
        IpPrefix prefix = Site.prefix(
                v4 ? (oneIn(2) ? "10.1.0.0/17" : "203.0.113.0/24") : (oneIn(2) ? "fd00:1::/48" : "2001:db8:c::/48"));
        List<IpPrefix> ranges = network.sourceRanges.computeIfAbsent(service, _ -> new ArrayList<>());
        if (ranges.remove(prefix)) {
            kernel.remove(Tables.SOURCE_RANGES, SourceRangeKey.of(service, prefix));
        } else {
            ranges.add(prefix);
            kernel.put(Tables.SOURCE_RANGES, SourceRangeKey.of(service, prefix), 1);
        }
        return "source ranges of " + service + ": " + ranges;
    }

    /// Time passes for some entries.
    private String age() {
        boolean all = oneIn(3);
        int seconds = Settings.AGE * (1 + random.nextInt(5));
        for (Entry entry : model.flows.entries.values()) {
            if (all || oneIn(3)) {
                entry.age += seconds;
                rewrite(entry, seconds);
            }
        }
        model.ageAffinity(kernel, seconds);
        return "aged " + (all ? "all" : "some") + " by " + seconds;
    }

    private void rewrite(Entry entry, long seconds) {
        Flow flow = kernel.flow(entry.key())
                .orElseThrow(() -> new Disagreement("an entry is lost: " + entry.role + " " + entry.key()));
        long then = flow.lastSeen() - seconds * 1_000_000_000L;
        kernel.put(Tables.FLOWS, entry.key(), Kernel.at(flow, flow.created(), then));
    }

    /// As the agent does with connections that are expired: their entries are removed together.
    private String collect() {
        Set<Connection> expired = new HashSet<>();
        for (Entry entry : model.flows.entries.values()) {
            boolean first = entry.role == FlowRole.FORWARD
                    || model.flows.of(entry.connection, FlowRole.FORWARD).isEmpty();
            if (first && model.flows.isExpired(entry)) {
                expired.add(entry.connection);
            }
        }
        for (Connection connection : expired) {
            for (FlowRole role : FlowRole.values()) {
                model.flows.of(connection, role).ifPresent(entry -> kernel.remove(Tables.FLOWS, entry.key()));
            }
            model.flows.remove(connection);
        }
        return "collected " + expired.size();
    }

    private void begin() {
        kernel.flows().keySet().forEach(key -> kernel.remove(Tables.FLOWS, key));
        model.flows.entries.clear();
        model.fragments.firsts.keySet().forEach(key -> kernel.remove(Tables.FRAGMENTS, key));
        model.fragments.firsts.clear();
        // Before the kernel forgets some of them by itself.
        model.affinity().keySet().forEach(key -> kernel.remove(Tables.AFFINITY, key));
        model.affinity().clear();
    }
}
