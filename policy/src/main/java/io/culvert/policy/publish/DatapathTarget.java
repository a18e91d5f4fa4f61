// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.AddressKey;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.MapFullException;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PacketCount;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyLength;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyStep;
import io.culvert.maps.PolicyTables;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.Datapath;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/// The maps of a node.
public final class DatapathTarget implements PublicationTarget {

    private final Datapath datapath;
    private final PolicyTables tables;

    public DatapathTarget(Datapath datapath) {
        this.datapath = datapath;
        tables = datapath.maps().policies();
    }

    @Override
    public int epoch() {
        return tables.control().get(0).epoch();
    }

    @Override
    public void epoch(int next) {
        tables.publish(next);
    }

    @Override
    public PolicyHash<EndpointKey, Endpoint> endpoints() {
        return new KernelHash<>(Tables.ENDPOINTS, tables.endpoints());
    }

    @Override
    public PolicyHash<AddressKey, IpcacheEntry> ipcache() {
        return new KernelHash<>(Tables.IPCACHE, tables.ipcache());
    }

    @Override
    public PolicyHash<PolicyCidrKey, Integer> cidrs() {
        return new CidrHash(
                new KernelHash<>(Tables.POLICY_CIDRS, tables.cidrs()),
                new KernelHash<>(Tables.POLICY_HOSTS, tables.hosts()));
    }

    @Override
    public PolicyBlocks blocks() {
        return new KernelBlocks();
    }

    @Override
    public PolicyHash<PolicyCidrKey, Integer> prefixes() {
        return new KernelHash<>(Tables.POLICY_PREFIXES, tables.prefixes());
    }

    @Override
    public PolicyArray<PolicyLength> lengths() {
        return new KernelArray<>(Tables.POLICY_LENGTHS, tables.lengths());
    }

    @Override
    public PolicyHash<PolicyPeerKey, PolicyPorts> peers() {
        return new KernelHash<>(Tables.POLICY_PEERS, tables.peers());
    }

    @Override
    public PolicyArray<PolicySetEntry> sets() {
        return new KernelArray<>(Tables.POLICY_SETS, tables.sets());
    }

    @Override
    public PolicyArray<PolicyStep> steps() {
        return new KernelArray<>(Tables.POLICY_STEPS, tables.steps());
    }

    @Override
    public PolicyArray<Integer> index() {
        return new KernelArray<>(Tables.POLICY_INDEX, tables.index());
    }

    @Override
    public PolicyArray<Integer> rules() {
        return new KernelArray<>(Tables.POLICY_RULES, tables.rules());
    }

    @Override
    public int counters() {
        return tables.counters().maxEntries();
    }

    @Override
    public void clearCounter(int rule) {
        int processors = tables.counters().get(rule).size();
        tables.counters().set(rule, Collections.nCopies(processors, PacketCount.ZERO));
    }

    @Override
    public void awaitPrograms() {
        datapath.awaitPrograms();
    }

    private void ensure(Table<?, ?> table, int entries, IntSupplier size) {
        if (entries <= size.getAsInt()) {
            return;
        }
        datapath.ensure(Map.of(table.name(), entries));
        if (entries > size.getAsInt()) {
            throw new MapFullException("have " + entries + " entries in", table.name(), size.getAsInt());
        }
    }

    private final class KernelHash<K, V> implements PolicyHash<K, V> {

        private final Table<K, V> table;
        private final BpfHashMap<K, V> map;

        KernelHash(Table<K, V> table, BpfHashMap<K, V> map) {
            this.table = table;
            this.map = map;
        }

        /// An entry that nobody of this layout writes is taken for none; whoever writes its key replaces it.
        @Override
        public Map<K, V> read() {
            Map<K, V> entries = new HashMap<>();
            map.forEachReadable((key, value) -> value.ifPresent(present -> entries.put(key, present)));
            return entries;
        }

        @Override
        public void put(Map<K, V> entries) {
            map.putAll(entries);
        }

        @Override
        public void remove(Collection<K> keys) {
            int _ = map.removeAll(keys);
        }

        @Override
        public void ensure(int entries) {
            DatapathTarget.this.ensure(table, entries, map::maxEntries);
        }
    }

    private final class KernelBlocks implements PolicyBlocks {

        @Override
        public void write(int side, int index, int[] words) {
            tables.writeBlocks(side, index, words);
        }

        @Override
        public int size() {
            return tables.blocks().maxEntries();
        }

        @Override
        public void ensure(int entries) {
            DatapathTarget.this.ensure(Tables.POLICY_BLOCKS, entries, tables.blocks()::maxEntries);
        }
    }

    private final class KernelArray<V> implements PolicyArray<V> {

        private final Table<Integer, V> table;
        private final MappedArray<V> map;

        KernelArray(Table<Integer, V> table, MappedArray<V> map) {
            this.table = table;
            this.map = map;
        }

        @Override
        public V get(int index) {
            return map.get(index);
        }

        @Override
        public void set(int index, V value) {
            map.set(index, value);
        }

        @Override
        public int size() {
            return map.maxEntries();
        }

        @Override
        public void ensure(int entries) {
            DatapathTarget.this.ensure(table, entries, map::maxEntries);
        }
    }
}
