// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.net.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Whether this node programs what the cluster wants, family by family (KEP-3836).
///
/// A family is unhealthy once a change has waited for longer than [#LATE], be it that the kernel refuses it or that
/// nobody gets to it. May be used from any thread.
public final class ProxyHealth {

    /// Twice kube-proxy's default `syncPeriod`.
    public static final Duration LATE = Duration.ofSeconds(60);

    /// For how long an agent is alive that has not programmed anything yet.
    public static final Duration GRACE = Duration.ofMinutes(5);

    /// @param updated when the kernel last held all that was wanted; [Instant#EPOCH] if it never did
    public record Family(boolean healthy, Instant updated) {}

    /// @param alive whether a restart is of no use
    /// @param healthy whether changes are programmed in time; false before the first time
    /// @param updated when the kernel last held all that was wanted, in the family that is worst off
    /// @param now when this was found
    public record Report(
            boolean alive, boolean healthy, Instant updated, Instant now, Map<IpFamily, Family> families) {}

    private final Supplier<Duration> waiting;
    private final LongSupplier clock;
    private final InstantSource time;
    private final long started;
    private final Map<IpFamily, Instant> updated = new EnumMap<>(IpFamily.class);
    private final Map<IpFamily, Long> failingSince = new EnumMap<>(IpFamily.class);

    /// @param waiting for how long the oldest change has not been attempted
    public ProxyHealth(Supplier<Duration> waiting) {
        this(waiting, System::nanoTime, InstantSource.system());
    }

    /// @param clock monotonic, nanoseconds
    ProxyHealth(Supplier<Duration> waiting, LongSupplier clock, InstantSource time) {
        this.waiting = waiting;
        this.clock = clock;
        this.time = time;
        this.started = clock.getAsLong();
    }

    /// Notes that everything was attempted.
    ///
    /// @param failing families of which the kernel refused something
    public synchronized void attempted(Set<IpFamily> failing) {
        long now = clock.getAsLong();
        for (IpFamily family : IpFamily.values()) {
            if (failing.contains(family)) {
                failingSince.putIfAbsent(family, now);
            } else {
                failingSince.remove(family);
                updated.put(family, time.instant());
            }
        }
    }

    public synchronized Report report() {
        Duration oldest = waiting.get();
        Instant now = time.instant();
        Map<IpFamily, Family> families = new EnumMap<>(IpFamily.class);
        boolean healthy = true;
        boolean late = false;
        Instant worst = now;
        for (IpFamily family : IpFamily.values()) {
            boolean known = updated.containsKey(family);
            boolean familyLate = known && isLate(family, oldest);
            Instant last = known && !familyLate ? now : updated.getOrDefault(family, Instant.EPOCH);
            families.put(family, new Family(known && !familyLate, last));
            healthy &= known && !familyLate;
            late |= familyLate;
            worst = last.isBefore(worst) ? last : worst;
        }
        boolean beyondGrace =
                updated.size() < IpFamily.values().length && clock.getAsLong() - started > GRACE.toNanos();
        return new Report(!late && !beyondGrace, healthy, worst, now, Map.copyOf(families));
    }

    private boolean isLate(IpFamily family, Duration oldest) {
        Long since = failingSince.get(family);
        return oldest.compareTo(LATE) > 0 || (since != null && clock.getAsLong() - since > LATE.toNanos());
    }
}
