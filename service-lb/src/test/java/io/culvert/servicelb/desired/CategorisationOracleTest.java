// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Endpoint;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Categorisation against the sentences of A4, written down one after the other without a thought for cost.
class CategorisationOracleTest {

    private static final int ROUNDS = 20_000;

    @Test
    void agreesWithTheRowsReadOneByOne() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<PortEndpoint> endpoints = endpoints(random);
            TrafficSets asked = new TrafficSets(random.nextBoolean(), random.nextBoolean());
            NodeContext node = new NodeContext("n0", random.nextInt(4) == 0 ? null : "z0");

            EndpointSets sets = EndpointSets.of(endpoints, asked, node);

            String what = "seed " + seed + " round " + round + ": " + endpoints + " " + asked + " " + node;
            Set<PortEndpoint> cluster = asked.cluster() ? clusterSet(endpoints, node) : Set.of();
            Set<PortEndpoint> local = asked.local() ? localSet(endpoints) : Set.of();
            assertThat(new HashSet<>(sets.clusterSet())).as(what).isEqualTo(cluster);
            assertThat(new HashSet<>(sets.localSet())).as(what).isEqualTo(local);
            Set<PortEndpoint> union = new HashSet<>(cluster);
            union.addAll(local);
            assertThat(sets.backends()).as(what).containsExactlyInAnyOrderElementsOf(union);
            boolean usable = endpoints.stream()
                    .anyMatch(e ->
                            e.ready() || (e.endpoint().serving() && e.endpoint().terminating()));
            assertThat(sets.endpointsElsewhere()).as(what).isEqualTo(asked.local() && local.isEmpty() && usable);
            Set<PortEndpoint> resting =
                    with(endpoints, e -> (e.ready() || e.endpoint().serving()) && !union.contains(e));
            assertThat(new HashSet<>(sets.resting())).as(what).isEqualTo(resting);
            assertThat(sets.widened(node)).as(what).satisfies(both -> {
                assertThat(new HashSet<>(both.clusterSet())).isEqualTo(clusterSet(endpoints, node));
                assertThat(new HashSet<>(both.localSet())).isEqualTo(localSet(endpoints));
            });
        }
    }

    private static Set<PortEndpoint> clusterSet(List<PortEndpoint> endpoints, NodeContext node) {
        Set<PortEndpoint> ready = with(endpoints, PortEndpoint::ready);
        if (ready.isEmpty()) {
            return with(endpoints, e -> e.endpoint().serving() && e.endpoint().terminating());
        }
        Set<PortEndpoint> forNode = with(ready, e -> e.endpoint().nodeHints().contains(node.nodeName()));
        if (ready.stream().noneMatch(e -> e.endpoint().nodeHints().isEmpty()) && !forNode.isEmpty()) {
            return forNode;
        }
        @Nullable String zone = node.zone();
        if (zone != null) {
            Set<PortEndpoint> forZone =
                    with(ready, e -> e.endpoint().zoneHints().contains(zone));
            if (ready.stream().noneMatch(e -> e.endpoint().zoneHints().isEmpty()) && !forZone.isEmpty()) {
                return forZone;
            }
        }
        return ready;
    }

    private static Set<PortEndpoint> localSet(List<PortEndpoint> endpoints) {
        Set<PortEndpoint> ready = with(endpoints, e -> e.local() && e.ready());
        return ready.isEmpty()
                ? with(
                        endpoints,
                        e -> e.local() && e.endpoint().serving() && e.endpoint().terminating())
                : ready;
    }

    private static Set<PortEndpoint> with(Iterable<PortEndpoint> endpoints, Predicate<PortEndpoint> wanted) {
        Set<PortEndpoint> found = new HashSet<>();
        endpoints.forEach(endpoint -> {
            if (wanted.test(endpoint)) {
                found.add(endpoint);
            }
        });
        return found;
    }

    private static List<PortEndpoint> endpoints(Random random) {
        int hintedTo100 = random.nextInt(4) * 33 + 1;
        int readyTo100 = random.nextInt(4) * 33;
        List<PortEndpoint> endpoints = new ArrayList<>();
        for (int i = random.nextInt(7); i > 0; i--) {
            boolean ready = random.nextInt(100) < readyTo100;
            Endpoint endpoint = new Endpoint(
                    IpAddress.of("10.0.0." + i),
                    ready,
                    ready || random.nextBoolean(),
                    random.nextInt(3) == 0,
                    "n" + random.nextInt(2),
                    null,
                    random.nextInt(100) < hintedTo100 ? names("z", random) : Set.of(),
                    random.nextInt(100) < hintedTo100 ? names("n", random) : Set.of());
            endpoints.add(new PortEndpoint(endpoint.address(), 80, endpoint, "n0".equals(endpoint.nodeName())));
        }
        return endpoints;
    }

    private static Set<String> names(String prefix, Random random) {
        return random.ints(1 + random.nextInt(2), 0, 3)
                .mapToObj(i -> prefix + i)
                .collect(Collectors.toSet());
    }
}
