// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.BpfMap;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.AddressKey;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.PolicyBlock;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.policy.Cell;
import io.culvert.policy.PortTable;
import io.culvert.policy.publish.BlockTable;
import io.culvert.policy.publish.CidrPrefix;
import io.culvert.policy.publish.PolicyArray;
import io.culvert.policy.publish.PolicyBlocks;
import io.culvert.policy.publish.PolicyHash;
import io.culvert.policy.publish.PrefixTable;
import io.culvert.policy.publish.StepTables;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/// Writes tables of policies for benchmarks: one epoch, equal on both sides.
final class PolicyRules {

    private final Function<Table<?, ?>, BpfMap> maps;
    private final Map<CidrPrefix, Integer> cidrs = new HashMap<>();
    private final StepTables steps;

    PolicyRules(Function<Table<?, ?>, BpfMap> maps) {
        this.maps = maps;
        steps = new StepTables(new RawArray<>(Tables.POLICY_STEPS), new RawArray<>(Tables.POLICY_INDEX));
    }

    /// A pod of this node, whose identity is its number.
    void pod(IpAddress address, int ifindex, int number, int ingress, int egress) {
        EndpointSets sets = new EndpointSets(ingress, egress);
        Endpoint endpoint = Endpoint.of(number, sets, 0);
        put(Tables.ENDPOINTS, EndpointKey.of(address), endpoint);
        put(Tables.ENDPOINTS, EndpointKey.ofInterface(ifindex), endpoint);
    }

    /// An isolated set: `rules` times a rule that names one pod and one that names one address or block, each for
    /// one TCP port. The pods have the identities from 1 on.
    void set(int set, int rules, IntFunction<IpAddress> pods, IntFunction<IpPrefix> blocks, int port) {
        put(
                Tables.POLICY_SETS,
                set,
                new PolicySetEntry(PolicySetEntry.USED | PolicySetEntry.ISOLATED, 0, 0, 2 * rules));
        for (int rule = 0; rule < rules; rule++) {
            put(Tables.IPCACHE, new AddressKey(pods.apply(rule)), new IpcacheEntry(rule + 1, rule + 1));
            allow(PolicyPeerKey.identity(set, rule + 1), rule, port);
            PolicyCidrKey block = PolicyCidrKey.of(1, blocks.apply(rule));
            put(block.isHost() ? Tables.POLICY_HOSTS : Tables.POLICY_CIDRS, block, rule + 1);
            cidrs.put(new CidrPrefix(block.block().address(), block.block().bits()), rule + 1);
            allow(PolicyPeerKey.cidrClass(set, rule + 1), rules + rule, port);
        }
    }

    private void allow(PolicyPeerKey peer, int rule, int port) {
        allow(peer, rule, port, 1);
    }

    /// A rule for each of so many ports, of which no two follow each other.
    private void allow(PolicyPeerKey peer, int rule, int port, int ports) {
        List<PortTable.Step> ranges = new ArrayList<>(List.of(new PortTable.Step(0, Cell.NOTHING)));
        for (int i = 0; i < ports; i++) {
            ranges.add(new PortTable.Step(port + 2 * i, new Cell(null, rule + i, null)));
            ranges.add(new PortTable.Step(port + 2 * i + 1, Cell.NOTHING));
        }
        put(Tables.POLICY_PEERS, peer, steps.place(new PortTable(ranges)));
    }

    /// Of a set: a rule for each of so many TCP ports, from `first` on each second one, of a pod that no other names.
    void ports(int set, IpAddress pod, int identity, int rules, int first) {
        put(Tables.IPCACHE, new AddressKey(pod), new IpcacheEntry(identity, identity));
        allow(PolicyPeerKey.identity(set, identity), 0, first, rules);
    }

    /// From now on programs read what was written.
    ///
    /// @param enforced whether packets are asked about
    void publish(boolean enforced) {
        new BlockTable(new RawBlocks()).write(1, cidrs);
        new PrefixTable(new RawHash(), new RawArray<>(Tables.POLICY_LENGTHS)).write(1, cidrs);
        steps.write();
        put(Tables.POLICY_CONTROL, 0, new PolicyControl(1, enforced ? PolicyControl.ENFORCED : 0));
    }

    private <K, V> void put(Table<K, V> table, K key, V value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keyBytes = arena.allocate(table.key().size(), Long.BYTES);
            MemorySegment valueBytes = arena.allocate(table.value().size(), Long.BYTES);
            table.key().write(keyBytes, 0, key);
            table.value().write(valueBytes, 0, value);
            maps.apply(table).update(keyBytes, valueBytes, UpdateMode.ANY);
        }
    }

    /// The index of blocks by system calls, an entry each; both sides are the same.
    private final class RawBlocks implements PolicyBlocks {

        @Override
        public void write(int side, int index, int[] words) {
            for (int i = 0; i < words.length; i++) {
                put(Tables.POLICY_BLOCKS, index + i, new PolicyBlock(words[i], words[i]));
            }
        }

        @Override
        public int size() {
            return maps.apply(Tables.POLICY_BLOCKS).info().maxEntries();
        }

        @Override
        public void ensure(int entries) {
            throw new UnsupportedOperationException("benchmarks make maps large enough before");
        }
    }

    private final class RawHash implements PolicyHash<PolicyCidrKey, Integer> {

        @Override
        public Map<PolicyCidrKey, Integer> read() {
            return Map.of();
        }

        @Override
        public void put(Map<PolicyCidrKey, Integer> entries) {
            entries.forEach((key, cidrClass) -> PolicyRules.this.put(Tables.POLICY_PREFIXES, key, cidrClass));
        }

        @Override
        public void remove(Collection<PolicyCidrKey> keys) {
            throw new UnsupportedOperationException("benchmarks write one side once");
        }

        @Override
        public void ensure(int entries) {
            throw new UnsupportedOperationException("benchmarks make maps large enough before");
        }
    }

    private final class RawArray<V> implements PolicyArray<V> {

        private final Table<Integer, V> table;

        RawArray(Table<Integer, V> table) {
            this.table = table;
        }

        @Override
        public V get(int index) {
            throw new UnsupportedOperationException("benchmarks write what nobody wrote before");
        }

        @Override
        public void set(int index, V value) {
            put(table, index, value);
        }

        @Override
        public int size() {
            return maps.apply(table).info().maxEntries();
        }

        @Override
        public void ensure(int entries) {
            throw new UnsupportedOperationException("benchmarks make maps large enough before");
        }
    }
}
