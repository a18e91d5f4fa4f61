// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.MapFullException;
import io.culvert.maps.PolicyBlock;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyLength;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The maps without a kernel. Something may happen between any two writes of single entries.
final class ModelTarget implements PublicationTarget {

    /// What happens between writes.
    interface Between {

        void writes();

        /// Every program that runs now comes to its end.
        void programsEnd();
    }

    /// A process that ends where it stands.
    static final class Crash extends RuntimeException {}

    /// A map that the kernel does not let grow, before its limit.
    static final class RefusedGrowth extends RuntimeException {}

    final Map<EndpointKey, Endpoint> endpoints = new HashMap<>();
    final Map<AddressKey, IpcacheEntry> ipcache = new HashMap<>();
    final Map<PolicyCidrKey, Integer> cidrs = new HashMap<>();
    final Map<PolicyCidrKey, Integer> prefixes = new HashMap<>();
    final List<PolicyLength> lengths = filled(PolicyLength.NONE, 2 * PolicyLength.ENTRIES);
    final Map<PolicyPeerKey, PolicyPorts> peers = new HashMap<>();
    final List<PolicySetEntry> sets;
    final List<PolicyStep> steps;
    final List<Integer> index;
    final List<Integer> rules;
    final int[][] blocks = new int[2][PolicyBlock.BLOCKS + 16 * PolicyBlock.ENTRIES];
    int epoch;
    int entries;
    int counters;
    int writes;
    int crashAt = Integer.MAX_VALUE;
    boolean growthRefused;
    private final Between between;

    ModelTarget(int entries, Between between) {
        this.entries = entries;
        counters = entries;
        this.between = between;
        sets = filled(PolicySetEntry.NONE, entries);
        steps = filled(new PolicyStep(0, 0, 0, 0), 4 * entries);
        index = filled(0, 40 * entries);
        rules = filled(0, 4 * entries);
    }

    private static <V> List<V> filled(V value, int count) {
        List<V> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(value);
        }
        return list;
    }

    private void write(Runnable change) {
        if (writes++ == crashAt) {
            throw new Crash();
        }
        change.run();
        between.writes();
    }

    private RuntimeException full(String map, int size) {
        return growthRefused ? new RefusedGrowth() : new MapFullException("add to", map, size);
    }

    /// All that the maps hold.
    List<Object> content() {
        return List.of(
                epoch,
                Map.copyOf(endpoints),
                Map.copyOf(ipcache),
                Map.copyOf(cidrs),
                Arrays.hashCode(blocks[0]),
                Arrays.hashCode(blocks[1]),
                Map.copyOf(prefixes),
                List.copyOf(lengths),
                Map.copyOf(peers),
                List.copyOf(sets),
                List.copyOf(steps),
                List.copyOf(index),
                List.copyOf(rules));
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public void epoch(int next) {
        write(() -> epoch = next);
    }

    @Override
    public PolicyHash<EndpointKey, Endpoint> endpoints() {
        return new ModelHash<>("endpoints", endpoints);
    }

    @Override
    public PolicyHash<AddressKey, IpcacheEntry> ipcache() {
        return new ModelHash<>("ipcache", ipcache);
    }

    @Override
    public PolicyHash<PolicyCidrKey, Integer> cidrs() {
        return new ModelHash<>("policy_cidrs", cidrs);
    }

    @Override
    public PolicyBlocks blocks() {
        return new ModelBlocks();
    }

    @Override
    public PolicyHash<PolicyCidrKey, Integer> prefixes() {
        return new ModelHash<>("policy_prefixes", prefixes);
    }

    @Override
    public PolicyArray<PolicyLength> lengths() {
        return new ModelArray<>(lengths);
    }

    @Override
    public PolicyHash<PolicyPeerKey, PolicyPorts> peers() {
        return new ModelHash<>("policy_peers", peers);
    }

    @Override
    public PolicyArray<PolicySetEntry> sets() {
        return new ModelArray<>(sets);
    }

    @Override
    public PolicyArray<PolicyStep> steps() {
        return new ModelArray<>(steps);
    }

    @Override
    public PolicyArray<Integer> index() {
        return new ModelArray<>(index);
    }

    @Override
    public PolicyArray<Integer> rules() {
        return new ModelArray<>(rules);
    }

    @Override
    public int counters() {
        return counters;
    }

    @Override
    public void clearCounter(int rule) {}

    @Override
    public void awaitPrograms() {
        between.programsEnd();
    }

    private final class ModelHash<K, V> implements PolicyHash<K, V> {

        private final String name;
        private final Map<K, V> map;

        ModelHash(String name, Map<K, V> map) {
            this.name = name;
            this.map = map;
        }

        @Override
        public Map<K, V> read() {
            return Map.copyOf(map);
        }

        @Override
        public void put(Map<K, V> added) {
            added.forEach((key, value) -> write(() -> map.put(key, value)));
            if (map.size() > entries) {
                throw new AssertionError(name + " has more entries than were asked for");
            }
        }

        @Override
        public void remove(Collection<K> keys) {
            keys.forEach(key -> write(() -> map.remove(key)));
        }

        @Override
        public void ensure(int wanted) {
            if (wanted > entries) {
                throw full(name, entries);
            }
        }
    }

    /// Words in a row are written at once: no program reads their side.
    private final class ModelBlocks implements PolicyBlocks {

        @Override
        public void write(int side, int index, int[] words) {
            if (side == (epoch & 1) && epoch != 0) {
                throw new AssertionError("the index that programs read is written");
            }
            ModelTarget.this.write(() -> System.arraycopy(words, 0, blocks[side], index, words.length));
        }

        @Override
        public int size() {
            return blocks[0].length;
        }

        @Override
        public void ensure(int wanted) {
            if (wanted > size()) {
                throw full("policy_blocks", size());
            }
        }
    }

    private final class ModelArray<V> implements PolicyArray<V> {

        private final List<V> values;

        ModelArray(List<V> values) {
            this.values = values;
        }

        @Override
        public V get(int index) {
            return values.get(index);
        }

        @Override
        public void set(int index, V value) {
            write(() -> values.set(index, value));
        }

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public void ensure(int wanted) {
            throw full("array", values.size());
        }
    }
}
