// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static java.util.Objects.requireNonNull;

import io.culvert.net.IpAddress;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Values by address, of which there may be 150,000: eight bytes for each, where maps have ten times that. A snapshot
/// costs nothing until the next change, and a change a few hundred bytes.
final class AddressTable<V> {

    private static final int BUCKETS = 1 << 12;
    private static final Object[] NOTHING = {};

    /// Each has addresses and their values by turns. None is changed: another takes its place.
    private Object[][] buckets;

    private int size;
    private @Nullable Snapshot<V> snapshot;

    AddressTable() {
        buckets = new Object[BUCKETS][];
        Arrays.fill(buckets, NOTHING);
    }

    @Nullable
    @SuppressWarnings("unchecked") // what was put
    V get(IpAddress address) {
        return (V) find(buckets, address);
    }

    void put(IpAddress address, V value) {
        Object[] bucket = buckets[index(address)];
        int at = position(bucket, address);
        Object[] next = Arrays.copyOf(bucket, at < 0 ? bucket.length + 2 : bucket.length);
        if (at < 0) {
            at = bucket.length;
            size++;
        }
        next[at] = address;
        next[at + 1] = value;
        replace(address, next);
    }

    void remove(IpAddress address) {
        Object[] bucket = buckets[index(address)];
        int at = position(bucket, address);
        if (at < 0) {
            return;
        }
        Object[] next = Arrays.copyOf(bucket, bucket.length - 2);
        if (at < next.length) {
            next[at] = bucket[bucket.length - 2];
            next[at + 1] = bucket[bucket.length - 1];
        }
        size--;
        replace(address, next);
    }

    /// What is there now, as a map that never changes.
    Map<IpAddress, V> snapshot() {
        Snapshot<V> present = snapshot == null ? new Snapshot<>(buckets, size) : snapshot;
        snapshot = present;
        return present;
    }

    /// Addresses that may have another value than before. Of snapshots of one table few more than those that do; else
    /// all.
    @SuppressWarnings("ReferenceEquality") // a bucket that did not change is the same one
    static Set<IpAddress> changed(Map<IpAddress, ?> before, Map<IpAddress, ?> now) {
        Set<IpAddress> changed = new HashSet<>();
        if (before instanceof Snapshot<?> old && now instanceof Snapshot<?> present) {
            for (int i = 0; i < BUCKETS; i++) {
                if (old.buckets[i] != present.buckets[i]) {
                    addAddresses(old.buckets[i], changed);
                    addAddresses(present.buckets[i], changed);
                }
            }
        } else {
            changed.addAll(before.keySet());
            changed.addAll(now.keySet());
        }
        return changed;
    }

    private static void addAddresses(Object[] bucket, Set<IpAddress> addresses) {
        for (int i = 0; i < bucket.length; i += 2) {
            addresses.add((IpAddress) bucket[i]);
        }
    }

    private void replace(IpAddress address, Object[] bucket) {
        if (snapshot != null) {
            buckets = buckets.clone();
            snapshot = null;
        }
        buckets[index(address)] = bucket;
    }

    private static int index(IpAddress address) {
        int hash = address.hashCode() * 0x9e3779b9;
        return hash >>> 20;
    }

    private static int position(Object[] bucket, IpAddress address) {
        for (int i = 0; i < bucket.length; i += 2) {
            if (address.equals(bucket[i])) {
                return i;
            }
        }
        return -1;
    }

    private static @Nullable Object find(Object[][] buckets, IpAddress address) {
        Object[] bucket = buckets[index(address)];
        int at = position(bucket, address);
        return at < 0 ? null : bucket[at + 1];
    }

    /// A table as it was.
    static final class Snapshot<V> extends AbstractMap<IpAddress, V> {

        private final Object[][] buckets;
        private final int size;

        private Snapshot(Object[][] buckets, int size) {
            this.buckets = buckets;
            this.size = size;
        }

        @Override
        @SuppressWarnings("unchecked") // what was put
        public @Nullable V get(@Nullable Object key) {
            return key instanceof IpAddress address ? (V) find(buckets, address) : null;
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return get(key) != null;
        }

        @Override
        public Set<Entry<IpAddress, V>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public Iterator<Entry<IpAddress, V>> iterator() {
                    return Stream.of(buckets).flatMap(Snapshot::<V>entries).iterator();
                }

                @Override
                public int size() {
                    return size;
                }
            };
        }

        @SuppressWarnings("unchecked") // what was put
        private static <V> Stream<Entry<IpAddress, V>> entries(Object[] bucket) {
            return IntStream.range(0, bucket.length / 2)
                    .mapToObj(i -> Map.entry((IpAddress) bucket[2 * i], (V) requireNonNull(bucket[2 * i + 1])));
        }
    }
}
