// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.net.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Measures the network programming latency of Kubernetes' scalability SLIs: from the moment that changed the endpoints
/// of a Service, which the control plane notes in the slice (`endpoints.kubernetes.io/last-change-trigger-time`), to
/// the moment when the kernel of this node has it. Depends on the clocks of both machines.
///
/// A trigger counts once, when it is first programmed. Those from before the start of this process do not count, nor
/// does the removal of a slice. Not for use by several threads.
public final class ProgrammingLatency {

    /// @param family of the slice
    public record Observation(IpFamily family, Duration took) {}

    private record Trigger(IpFamily family, Instant time) {}

    private final Instant started;
    private final InstantSource time;
    private final Map<ObjectName, Set<Trigger>> waiting = new HashMap<>();
    private PMap<ObjectName, PMap<String, EndpointSlice>> known = HashTreePMap.empty();

    /// @param started when this process began
    public ProgrammingLatency(Instant started, InstantSource time) {
        this.started = started;
        this.time = time;
    }

    /// What became of an update that was written just now.
    ///
    /// @param failing Services of which a write failed: theirs is measured when it succeeds
    public List<Observation> programmed(ClusterUpdate update, Set<ObjectName> failing) {
        var slices = update.state().slicesByService();
        for (ObjectName service : update.services()) {
            if (update.state().service(service).filter(Service::proxied).isPresent()) {
                collect(
                        service,
                        known.getOrDefault(service, HashTreePMap.empty()),
                        slices.getOrDefault(service, HashTreePMap.empty()));
            } else {
                waiting.remove(service);
            }
        }
        known = slices;
        return settled(failing);
    }

    private void collect(ObjectName service, PMap<String, EndpointSlice> before, PMap<String, EndpointSlice> now) {
        now.forEach((name, slice) -> {
            Instant trigger = slice.triggeredAt().orElse(null);
            EndpointSlice earlier = before.get(name);
            boolean news = earlier == null || !earlier.triggeredAt().equals(slice.triggeredAt());
            if (trigger != null && news && !trigger.isBefore(started)) {
                waiting.computeIfAbsent(service, _ -> new HashSet<>()).add(new Trigger(slice.family(), trigger));
            }
        });
    }

    /// What retries have brought to the kernel just now.
    ///
    /// @param failing Services of which a write still fails
    public List<Observation> settled(Set<ObjectName> failing) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        Instant now = time.instant();
        List<Observation> observations = new ArrayList<>();
        waiting.entrySet().removeIf(entry -> {
            boolean done = !failing.contains(entry.getKey());
            if (done) {
                entry.getValue()
                        .forEach(trigger -> observations.add(
                                new Observation(trigger.family, notNegative(Duration.between(trigger.time, now)))));
            }
            return done;
        });
        return observations;
    }

    /// The clock of the control plane may be ahead.
    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
