// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.Table.Kind;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventControl;
import io.culvert.maps.event.EventRecent;
import io.culvert.maps.layout.Numbers;
import java.util.List;
import java.util.Optional;

/// Every map of `maps.h`.
public final class Tables {

    public static final Table<FrontendKey, Frontend> FRONTENDS =
            new Table<>("frontends", Kind.HASH, FrontendKey.CODEC, Frontend.CODEC, true);

    public static final Table<Integer, ServiceWord> SERVICES =
            new Table<>("services", Kind.MAPPED_ARRAY, Numbers.U32, ServiceWord.CODEC, true);

    public static final Table<Integer, Slot> SLOTS =
            new Table<>("slots", Kind.MAPPED_ARRAY, Numbers.U32, Slot.CODEC, true);

    public static final Table<Integer, PublishedBackend> BACKENDS =
            new Table<>("backends", Kind.MAPPED_ARRAY, Numbers.U32, PublishedBackend.CODEC, true);

    /// Connections that are open to each backend, by the index of its id.
    public static final Table<Integer, BackendLoad> BACKEND_LOADS =
            new Table<>("backend_loads", Kind.MAPPED_ARRAY, Numbers.U32, BackendLoad.CODEC, true);

    public static final Table<Integer, SockCounted> SOCK_COUNTED =
            new Table<>("sock_counted", Kind.SOCKET_STORAGE, Numbers.INT, SockCounted.CODEC, false);

    public static final Table<FlowKey, Flow> FLOWS = new Table<>("flows", Kind.HASH, FlowKey.CODEC, Flow.CODEC, false);

    /// Counts of connections that were opened, by a number made of their ends.
    public static final Table<Integer, Integer> FLOW_MARKS =
            new Table<>("flow_marks", Kind.MAPPED_ARRAY, Numbers.U32, Numbers.U32, false);

    /// Where programs look for connections to evict when `flows` is full.
    public static final Table<Integer, FlowKey> OPENED =
            new Table<>("opened", Kind.MAPPED_ARRAY, Numbers.U32, FlowKey.CODEC, false);

    public static final Table<Integer, OpenedRing> OPENED_RING =
            new Table<>("opened_ring", Kind.MAPPED_ARRAY, Numbers.U32, OpenedRing.CODEC, false);

    public static final Table<Integer, SockPeer> SOCK_PEER =
            new Table<>("sock_peer", Kind.SOCKET_STORAGE, Numbers.INT, SockPeer.CODEC, false);

    public static final Table<Integer, SockPeers> SOCK_PEERS =
            new Table<>("sock_peers", Kind.SOCKET_STORAGE, Numbers.INT, SockPeers.CODEC, false);

    public static final Table<SockOverflowKey, SockPeer> SOCK_OVERFLOW =
            new Table<>("sock_overflow", Kind.HASH, SockOverflowKey.CODEC, SockPeer.CODEC, false);

    public static final Table<CgroupKey, Integer> OPTED_OUT =
            new Table<>("opted_out", Kind.HASH, CgroupKey.CODEC, Numbers.U8, true);

    public static final Table<Integer, Control> CONTROL =
            new Table<>("control", Kind.MAPPED_ARRAY, Numbers.U32, Control.CODEC, false);

    public static final Table<Integer, PacketCount> DROPS =
            new Table<>("drops", Kind.PER_CPU_ARRAY, Numbers.U32, PacketCount.CODEC, false);

    public static final Table<Integer, TokenBucket> REJECT_BUCKET =
            new Table<>("reject_bucket", Kind.PER_CPU_ARRAY, Numbers.U32, TokenBucket.CODEC, false);

    /// How many connections found a source port after so many that were taken. The last entry, at
    /// [#SOURCE_PORT_PROBES], counts those that found none.
    public static final Table<Integer, Long> PROBES =
            new Table<>("source_port_probes", Kind.PER_CPU_ARRAY, Numbers.U32, Numbers.U64, false);

    /// `SOURCE_PORT_PROBES`: how many source ports are tried for a connection.
    public static final int SOURCE_PORT_PROBES = 32;

    public static final Table<AddressKey, Integer> NODE_ADDRESSES =
            new Table<>("node_addresses", Kind.HASH, AddressKey.CODEC, Numbers.U32, false);

    public static final Table<AddressKey, Integer> CLUSTER_ADDRESSES =
            new Table<>("cluster_addresses", Kind.HASH, AddressKey.CODEC, Numbers.U32, true);

    public static final Table<DeviceKey, Device> DEVICES =
            new Table<>("devices", Kind.HASH, DeviceKey.CODEC, Device.CODEC, false);

    public static final Table<SourceRangeKey, Integer> SOURCE_RANGES =
            new Table<>("source_ranges", Kind.HASH, SourceRangeKey.CODEC, Numbers.U32, true);

    public static final Table<AffinityKey, Affinity> AFFINITY =
            new Table<>("affinity", Kind.HASH, AffinityKey.CODEC, Affinity.CODEC, false);

    public static final Table<FragmentKey, Fragment> FRAGMENTS =
            new Table<>("fragments", Kind.HASH, FragmentKey.CODEC, Fragment.CODEC, false);

    public static final Table<Integer, PolicyControl> POLICY_CONTROL =
            new Table<>("policy_control", Kind.MAPPED_ARRAY, Numbers.U32, PolicyControl.CODEC, false);

    public static final Table<EndpointKey, Endpoint> ENDPOINTS =
            new Table<>("endpoints", Kind.HASH, EndpointKey.CODEC, Endpoint.CODEC, true);

    public static final Table<AddressKey, IpcacheEntry> IPCACHE =
            new Table<>("ipcache", Kind.HASH, AddressKey.CODEC, IpcacheEntry.CODEC, true);

    /// Number of the class of addresses, by block; whole addresses are better kept in [#POLICY_HOSTS].
    public static final Table<PolicyCidrKey, Integer> POLICY_CIDRS =
            new Table<>("policy_cidrs", Kind.HASH, PolicyCidrKey.CODEC, Numbers.U32, true);

    /// The same of single addresses, by blocks of all bits. Programs look here first.
    public static final Table<PolicyCidrKey, Integer> POLICY_HOSTS =
            new Table<>("policy_hosts", Kind.HASH, PolicyCidrKey.CODEC, Numbers.U32, true);

    /// An index of the IPv4 blocks of [#POLICY_CIDRS].
    public static final Table<Integer, PolicyBlock> POLICY_BLOCKS =
            new Table<>("policy_blocks", Kind.MAPPED_ARRAY, Numbers.U32, PolicyBlock.CODEC, true);

    /// An index of the IPv6 blocks of [#POLICY_CIDRS], by the lengths that [#POLICY_LENGTHS] has.
    public static final Table<PolicyCidrKey, Integer> POLICY_PREFIXES =
            new Table<>("policy_prefixes", Kind.HASH, PolicyCidrKey.CODEC, Numbers.U32, true);

    public static final Table<Integer, PolicyLength> POLICY_LENGTHS =
            new Table<>("policy_lengths", Kind.MAPPED_ARRAY, Numbers.U32, PolicyLength.CODEC, false);

    public static final Table<Integer, PolicySetEntry> POLICY_SETS =
            new Table<>("policy_sets", Kind.MAPPED_ARRAY, Numbers.U32, PolicySetEntry.CODEC, true);

    public static final Table<PolicyPeerKey, PolicyPorts> POLICY_PEERS =
            new Table<>("policy_peers", Kind.HASH, PolicyPeerKey.CODEC, PolicyPorts.CODEC, true);

    public static final Table<Integer, PolicyStep> POLICY_STEPS =
            new Table<>("policy_steps", Kind.MAPPED_ARRAY, Numbers.U32, PolicyStep.CODEC, true);

    /// An index of [#POLICY_STEPS], for ports that have many of these: see [PolicyPorts#index].
    public static final Table<Integer, Integer> POLICY_INDEX =
            new Table<>("policy_index", Kind.MAPPED_ARRAY, Numbers.U32, Numbers.U32, true);

    /// Numbers of rules, by [PolicySetEntry] and [PolicyStep]; 0: not counted.
    public static final Table<Integer, Integer> POLICY_RULES =
            new Table<>("policy_rules", Kind.MAPPED_ARRAY, Numbers.U32, Numbers.U32, true);

    /// By number of a rule; 0 is not used.
    public static final Table<Integer, PacketCount> RULE_COUNTERS =
            new Table<>("rule_counters", Kind.PER_CPU_ARRAY, Numbers.U32, PacketCount.CODEC, false);

    public static final Table<ConnectionKey, PolicyFlow> POLICY_FLOWS =
            new Table<>("policy_flows", Kind.HASH, ConnectionKey.CODEC, PolicyFlow.CODEC, false);

    /// TCP connections that have a place of their own, and are not in [#POLICY_FLOWS]; by a number made of their ends.
    public static final Table<Integer, PolicyConnection> POLICY_TCP =
            new Table<>("policy_tcp", Kind.MAPPED_ARRAY, Numbers.U32, PolicyConnection.CODEC, false);

    public static final Table<FragmentKey, Fragment> POLICY_FRAGMENTS =
            new Table<>("policy_fragments", Kind.HASH, FragmentKey.CODEC, Fragment.CODEC, false);

    /// What each processor let pass a moment ago.
    public static final Table<Integer, PolicyRecent> POLICY_RECENT =
            new Table<>("policy_recent", Kind.PER_CPU_ARRAY, Numbers.U32, PolicyRecent.CODEC, false);

    /// The programs of policies, where the node has any to enforce.
    public static final Table<Integer, Integer> POLICY_TAILS =
            new Table<>("policy_tails", Kind.PROGRAMS, Numbers.U32, Numbers.U32, false);

    /// Pods of this node, by address, that the fast path leads to.
    public static final Table<AddressKey, LocalPod> LOCAL_PODS =
            new Table<>("local_pods", Kind.HASH, AddressKey.CODEC, LocalPod.CODEC, false);

    /// The programs of the fast path, where it is on.
    public static final Table<Integer, Integer> FAST_TAILS =
            new Table<>("fast_tails", Kind.PROGRAMS, Numbers.U32, Numbers.U32, false);

    /// What programs tell, in the order in which they began to.
    public static final Table<Integer, Event> EVENTS =
            new Table<>("events", Kind.RING, Numbers.U32, Event.CODEC, false);

    public static final Table<Integer, EventControl> EVENT_CONTROL =
            new Table<>("event_control", Kind.MAPPED_ARRAY, Numbers.U32, EventControl.CODEC, false);

    /// By kind, events that found no room.
    public static final Table<Integer, Long> EVENT_LOSSES =
            new Table<>("event_losses", Kind.PER_CPU_ARRAY, Numbers.U32, Numbers.U64, false);

    public static final Table<Integer, SockConnected> SOCK_CONNECTED =
            new Table<>("sock_connected", Kind.SOCKET_STORAGE, Numbers.INT, SockConnected.CODEC, false);

    public static final Table<Integer, EventRecent> EVENT_RECENT =
            new Table<>("event_recent", Kind.PER_CPU_ARRAY, Numbers.U32, EventRecent.CODEC, false);

    /// Devices of the node with a program before the stack, by interface: their hardware addresses as numbers.
    public static final Table<DeviceKey, Long> XDP_DEVICES =
            new Table<>("xdp_devices", Kind.HASH, DeviceKey.CODEC, Numbers.U64, false);

    /// Where that program may send packets: by interface, the interface.
    public static final Table<Integer, Integer> XDP_TARGETS =
            new Table<>("xdp_targets", Kind.DEVICES, Numbers.U32, Numbers.U32, false);

    /// All of them, `control` first: it says which layout the others have.
    public static final List<Table<?, ?>> ALL = List.of(
            CONTROL,
            FRONTENDS,
            SERVICES,
            SLOTS,
            BACKENDS,
            BACKEND_LOADS,
            SOCK_COUNTED,
            FLOWS,
            FLOW_MARKS,
            OPENED,
            OPENED_RING,
            SOCK_PEER,
            SOCK_PEERS,
            SOCK_OVERFLOW,
            OPTED_OUT,
            DROPS,
            REJECT_BUCKET,
            PROBES,
            NODE_ADDRESSES,
            CLUSTER_ADDRESSES,
            DEVICES,
            SOURCE_RANGES,
            AFFINITY,
            FRAGMENTS,
            POLICY_CONTROL,
            ENDPOINTS,
            IPCACHE,
            POLICY_CIDRS,
            POLICY_HOSTS,
            POLICY_BLOCKS,
            POLICY_PREFIXES,
            POLICY_LENGTHS,
            POLICY_SETS,
            POLICY_PEERS,
            POLICY_STEPS,
            POLICY_INDEX,
            POLICY_RULES,
            RULE_COUNTERS,
            POLICY_FLOWS,
            POLICY_TCP,
            POLICY_RECENT,
            POLICY_FRAGMENTS,
            POLICY_TAILS,
            LOCAL_PODS,
            FAST_TAILS,
            EVENTS,
            EVENT_CONTROL,
            EVENT_LOSSES,
            SOCK_CONNECTED,
            EVENT_RECENT,
            XDP_DEVICES,
            XDP_TARGETS);

    /// Names of maps that earlier agents had.
    public static final List<String> FORMER = List.of("sock_began");

    private Tables() {}

    /// The table of this name.
    public static Optional<Table<?, ?>> named(String name) {
        return ALL.stream().filter(table -> table.name().equals(name)).findFirst();
    }

    /// The configuration key that says how many entries a map has room for, for example `map-flows`.
    public static String configurationKey(String map) {
        return "map-" + map.replace('_', '-');
    }
}
