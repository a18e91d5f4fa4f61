// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.ProgramRunner;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.AddressKey;
import io.culvert.maps.ConnectionKey;
import io.culvert.maps.DropReason;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.PacketCount;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyFlow;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyStep;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.maps.event.EventRecent;
import io.culvert.maps.layout.CTypes;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// The packet programs of a node with those of policies behind them, and policies written by hand, equal on both sides.
final class PolicyPods implements AutoCloseable {

    /// The end of a line of ports.
    static final int END = 4 << 16;

    /// Tests use fewer.
    private static final int SETS = 8;

    private static final int RULES = 9;
    private static final int RECENT = 64;
    private static final int MARKS = 1024;

    private static final int OTHER_INTERFACE = 2;
    private static final int LOOPBACK = 1;

    final ServiceTables tables;
    final NodePrograms node;
    final PolicyConnections connections;
    private final PodPrograms pods;
    private final BpfObject policies;
    private final ProgramRunner runner = new ProgramRunner();
    private int marks;
    private boolean crowded;
    private int steps;
    private int epoch;

    private PolicyPods(NodePrograms node, BpfObject policies) {
        this.node = node;
        this.pods = node.pods;
        this.policies = policies;
        this.tables = new ServiceTables(policies::map);
        this.connections = new PolicyConnections(
                tables, policies.map(Tables.POLICY_FLOWS.name()), policies.map(Tables.POLICY_TCP.name()));
    }

    static PolicyPods load() {
        NodePrograms node = NodePrograms.load();
        PodPrograms pods = node.pods;
        BpfObject policies = BpfObject.open("policy", PodPrograms.elf("policy"));
        for (String map : pods.object().mapNames()) {
            policies.reuse(map, pods.object().map(map));
        }
        PodPrograms.atNode(policies).load();
        var loaded = new PolicyPods(node, policies);
        loaded.asks("policy_egress", "policy_ingress");
        loaded.control(0);
        return loaded;
    }

    private void asks(String sender, String receiver) {
        BpfMap tails = policies.map(Tables.POLICY_TAILS.name());
        try (Arena arena = Arena.ofConfined()) {
            tails.update(arena.allocateFrom(CTypes.U32, 0), policies.program(sender), UpdateMode.ANY);
            tails.update(arena.allocateFrom(CTypes.U32, 1), policies.program(receiver), UpdateMode.ANY);
            tails.update(arena.allocateFrom(CTypes.U32, 2), pods.object().program("pod_deliver"), UpdateMode.ANY);
        }
    }

    /// Until this is cleared, packets that do not go the short way meet a program that never answers `PASS`.
    void shortWayAlone() {
        asks("policy_probe", "policy_probe");
    }

    /// What all of `flow_marks` are once this is cleared: how many connections were translated of each number.
    void beginWithMarks(int count) {
        marks = count;
    }

    /// Whether each place of a TCP connection is taken by another one, once this is cleared.
    void beginCrowded(boolean is) {
        crowded = is;
    }

    /// As if it had just been loaded, but for Services.
    void clear() {
        for (Table<?, ?> table : List.of(
                Tables.ENDPOINTS,
                Tables.IPCACHE,
                Tables.POLICY_CIDRS,
                Tables.POLICY_HOSTS,
                Tables.POLICY_PEERS,
                Tables.POLICY_FRAGMENTS,
                Tables.FRONTENDS,
                Tables.FLOWS)) {
            BpfMap map = policies.map(table.name());
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment key = arena.allocate(table.key().size(), Long.BYTES);
                while (map.nextKey(MemorySegment.NULL, key)) {
                    map.delete(key);
                }
            }
        }
        connections.clear(crowded);
        zero(Tables.DROPS, 0, DropReason.COUNT);
        mark(marks);
        for (int set = 0; set < SETS; set++) {
            tables.put(Tables.POLICY_SETS, set, PolicySetEntry.NONE);
            zero(Tables.RULE_COUNTERS, set * 1000, RULES);
        }
        steps = 0;
        asks("policy_egress", "policy_ingress");
        control(0);
    }

    private void zero(Table<?, ?> counters, int from, int count) {
        BpfMap map = policies.map(counters.name());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(CTypes.U32);
            MemorySegment values = arena.allocate(map.info().valueBytes(), Long.BYTES);
            for (int index = from; index < from + count; index++) {
                key.set(CTypes.U32, 0, index);
                map.update(key, values, UpdateMode.ANY);
            }
        }
    }

    /// The next epoch, with flags of [PolicyControl].
    void control(int flags) {
        epoch++;
        tables.put(Tables.POLICY_CONTROL, 0, new PolicyControl(epoch, flags | PolicyControl.ENFORCED));
    }

    /// Everything is asked again.
    void nextEpoch() {
        control(0);
    }

    int epoch() {
        return epoch;
    }

    /// A pod of this node, whose identity is its number.
    void pod(String address, int number, int ingress, int egress) {
        pod(address, number, ingress, egress, 0);
    }

    void pod(String address, int number, int ingress, int egress, int flags) {
        tables.put(Tables.ENDPOINTS, EndpointKey.of(IpAddress.of(address)), endpoint(number, ingress, egress, flags));
        identity(address, number);
    }

    /// The pod behind the interface of test runs.
    void podBehindInterface(int number, int ingress, int egress) {
        tables.put(Tables.ENDPOINTS, EndpointKey.ofInterface(LOOPBACK), endpoint(number, ingress, egress, 0));
    }

    private static Endpoint endpoint(int number, int ingress, int egress, int flags) {
        EndpointSets sets = new EndpointSets(ingress, egress);
        return Endpoint.of(number, sets, flags);
    }

    void identity(String address, int identity) {
        tables.put(Tables.IPCACHE, new AddressKey(IpAddress.of(address)), new IpcacheEntry(identity, identity));
    }

    void cidrClass(String block, int number) {
        for (int side = 0; side < 2; side++) {
            tables.put(
                    Tables.POLICY_CIDRS,
                    PolicyCidrKey.of(side, IpPrefix.parse(block).orElseThrow()),
                    number);
        }
    }

    /// A set whose rules are numbered from 1,000 times its number on, three for each stage.
    void set(int number, boolean isolated) {
        int first = number * 10;
        tables.put(
                Tables.POLICY_SETS,
                number,
                new PolicySetEntry(PolicySetEntry.USED | (isolated ? PolicySetEntry.ISOLATED : 0), first, 3, 6));
        for (int rule = 0; rule < RULES; rule++) {
            tables.put(Tables.POLICY_RULES, first + rule, number * 1000 + rule);
        }
    }

    /// The NetworkPolicy rule 0 of the set allows numbers of the line of ports, both included.
    void allow(PolicyPeerKey peer, int from, int to) {
        write(peer, from, to, PolicyStep.NONE, 0, PolicyStep.NONE);
    }

    /// Rule 0 of the admin tier, of every place.
    void admin(PolicyPeerKey peer, int action) {
        write(peer, 0, END - 1, PolicyStep.ranked(0, action), PolicyStep.NONE, PolicyStep.NONE);
    }

    /// Rule 0 of the baseline tier, of every place.
    void baseline(PolicyPeerKey peer, int action) {
        write(peer, 0, END - 1, PolicyStep.NONE, PolicyStep.NONE, PolicyStep.ranked(0, action));
    }

    /// The set says nothing about that peer any more.
    void forget(PolicyPeerKey peer) {
        tables.remove(Tables.POLICY_PEERS, peer);
    }

    /// All that a set says of a peer, at every place.
    void cell(PolicyPeerKey peer, int admin, int allow, int baseline) {
        write(peer, 0, END - 1, admin, allow, baseline);
    }

    private void write(PolicyPeerKey peer, int from, int to, int admin, int allow, int baseline) {
        int none = PolicyStep.NONE;
        int first = steps;
        if (from > 0) {
            step(new PolicyStep(0, none, none, none));
        }
        step(new PolicyStep(from, admin, allow, baseline));
        if (to + 1 < END) {
            step(new PolicyStep(to + 1, none, none, none));
        }
        tables.put(Tables.POLICY_PEERS, peer, new PolicyPorts(first, steps - first, 0));
    }

    private void step(PolicyStep step) {
        tables.put(Tables.POLICY_STEPS, steps++, step);
    }

    /// What the pod of the packet's source sends: its verdict.
    int sends(byte[] packet) {
        return runner.run(pods.object().program("pod_ingress"), packet, LOOPBACK, LOOPBACK);
    }

    /// What the pod of the packet's destination is about to receive from elsewhere.
    int receives(byte[] packet) {
        return runner.run(pods.object().program("pod_egress"), packet, LOOPBACK, OTHER_INTERFACE);
    }

    /// The same packet as often as that, from the pod of its source.
    void repeat(byte[] packet, int times) {
        pods.object().program("pod_ingress").testRun(packet, times);
    }

    /// Any of the objects: they share their maps.
    BpfObject object() {
        return policies;
    }

    /// What comes back to the pod that sent it.
    int receivesFromItself(byte[] packet) {
        return runner.run(pods.object().program("pod_egress"), packet, LOOPBACK, LOOPBACK);
    }

    /// What a process of this node sends to its pod.
    int receivesFromNode(byte[] packet) {
        return runner.run(pods.object().program("pod_egress"), packet, LOOPBACK, 0);
    }

    /// What the last of these left of its packet.
    byte[] packet() {
        return runner.packet();
    }

    Optional<PolicyFlow> flow(PolicyTalk talk) {
        return connections.find(talk.key());
    }

    /// Connections were translated whose ends have any number that `flow_marks` knows.
    void openedSome() {
        mark(marks + 1);
    }

    /// None ever was.
    void openedNone() {
        mark(0);
    }

    private void mark(int count) {
        for (int index = 0; index < MARKS; index++) {
            tables.put(Tables.FLOW_MARKS, index, count);
        }
    }

    /// No processor remembers a packet.
    void forgetRecent() {
        zero(Tables.POLICY_RECENT, 0, RECENT);
    }

    /// No processor has told of a datagram a moment ago.
    void forgetTold() {
        zero(Tables.EVENT_RECENT, 0, 1 << EventRecent.BITS);
    }

    void lose(PolicyTalk talk) {
        forgetRecent();
        connections.remove(talk.key());
    }

    /// Makes an entry look as if it had seen its last packet some time ago, so that nothing is recent any more.
    void age(PolicyTalk talk, long seconds) {
        forgetRecent();
        ConnectionKey key = talk.key();
        PolicyFlow flow = connections.find(key).orElseThrow();
        int ticks = (int) ((seconds * 1_000_000_000L) >> PolicyFlow.TICK_BITS);
        connections.replace(
                key, new PolicyFlow(flow.egress(), flow.ingress(), flow.state(), flow.mark(), flow.seen() - ticks));
    }

    /// What a rule counted on all CPUs.
    PacketCount counted(int rule) {
        BpfMap counters = policies.map(Tables.RULE_COUNTERS.name());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(counters.info().valueBytes(), Long.BYTES);
            counters.lookup(arena.allocateFrom(CTypes.U32, rule), values);
            PacketCount sum = PacketCount.ZERO;
            for (long offset = 0; offset < values.byteSize(); offset += PacketCount.CODEC.size()) {
                sum = sum.plus(PacketCount.CODEC.read(values, offset));
            }
            return sum;
        }
    }

    long drops(DropReason reason) {
        return tables.drops(reason);
    }

    @Override
    public void close() {
        runner.close();
        connections.close();
        tables.close();
        policies.close();
        node.close();
    }
}
