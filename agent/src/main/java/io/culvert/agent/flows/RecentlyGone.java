// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What was known until a few minutes ago: flows outlive what they name. Keeps a bounded number, the latest.
final class RecentlyGone<K, V> {

    static final Duration MEMORY = Duration.ofMinutes(10);
    static final int LIMIT = 8192;

    private record Gone<V>(V value, long since) {}

    private final LongSupplier clock;
    private final Map<K, Gone<V>> values = new LinkedHashMap<>();

    RecentlyGone() {
        this(System::nanoTime);
    }

    /// @param clock monotonic nanoseconds
    RecentlyGone(LongSupplier clock) {
        this.clock = clock;
    }

    /// Notes that a key means this no more.
    synchronized void put(K key, V value) {
        var _ = values.remove(key);
        values.put(key, new Gone<>(value, clock.getAsLong()));
        var oldest = values.values().iterator();
        while (oldest.hasNext() && (isOver(oldest.next()) || values.size() > LIMIT)) {
            oldest.remove();
        }
    }

    /// What the key meant last.
    synchronized Optional<V> find(K key) {
        return Optional.ofNullable(values.get(key))
                .filter(gone -> !isOver(gone))
                .map(Gone::value);
    }

    private boolean isOver(Gone<V> gone) {
        return clock.getAsLong() - gone.since > MEMORY.toNanos();
    }

    synchronized int size() {
        return values.size();
    }
}
