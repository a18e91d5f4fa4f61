// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EventSink;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.InMemoryTables.Choice;
import io.culvert.servicelb.desired.Endpoints;
import io.culvert.servicelb.desired.ServiceRules;
import io.culvert.testkit.KernelTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Services in the kernel's tables.
@KernelTest
class LoadBalancerKernelTest {

    private static final int SERVICES = 10_000;
    private static final int ENDPOINTS = 10;
    private static final int CHANGES = 500;

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath();

    private LoadBalancer start() {
        return LoadBalancer.adopt(pinned.tables(), Endpoints.HERE, ServiceRules.DEFAULT, EventSink.NONE);
    }

    @Test
    void tenThousandServicesWithTenEndpointsEach() {
        LargeCluster large = LargeCluster.of(SERVICES, ENDPOINTS);
        LoadBalancer balancer = start();
        ApplyResult first = balancer.apply(ClusterUpdate.everything(large.state(), true));
        assertThat(first.written()).isEqualTo(new WriteTotals(SERVICES, SERVICES, 100_000, 0, SERVICES, 0, 0));
        assertThat(choices(pinned.tables()))
                .hasSize(SERVICES)
                .allSatisfy((key, choices) -> assertThat(choices).hasSize(ENDPOINTS));

        long[] changes = new long[CHANGES];
        for (int i = 0; i < CHANGES; i++) {
            changes[i] = balancer.apply(large.replaceOneEndpoint(i * 17 % SERVICES))
                    .took()
                    .toNanos();
        }
        Arrays.sort(changes);

        pinned.reopen();
        long start = System.nanoTime();
        LoadBalancer next = start();
        ApplyResult again = next.apply(ClusterUpdate.everything(large.state(), true));
        Duration restart = Duration.ofNanos(System.nanoTime() - start);
        assertThat(again.written()).isEqualTo(new WriteTotals(SERVICES, 0, 0, 0, 0, 0, 0));

        System.out.printf(
                "%d Services x %d endpoints: first sync %d ms, one change %d us median, %d us p99, adoption %d ms%n",
                SERVICES,
                ENDPOINTS,
                first.took().toMillis(),
                changes[CHANGES / 2] / 1_000,
                changes[CHANGES * 99 / 100] / 1_000,
                restart.toMillis());
    }

    @Test
    void randomChangesEndInTheKernelAsInMemory() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        LoadBalancerFixture memory = new LoadBalancerFixture();
        RandomCluster changes = new RandomCluster(memory.cluster, random);
        LoadBalancer balancer = start();
        for (int step = 0; step < 300; step++) {
            changes.step();
            ClusterUpdate update = memory.cluster.update();
            memory.balancer.apply(update);
            if (random.nextInt(30) == 0) {
                pinned.reopen();
                balancer = start();
                balancer.apply(ClusterUpdate.everything(update.state(), true));
            } else {
                balancer.apply(update);
            }
            assertThat(choices(pinned.tables()))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(memory.tables.choices());
        }
    }

    private static Map<FrontendKey, Set<Choice>> choices(ServiceTables tables) {
        Map<FrontendKey, Frontend> frontends = new HashMap<>();
        tables.forEachFrontend(frontends::put);
        Map<FrontendKey, Set<Choice>> choices = new HashMap<>();
        Set<Integer> ids = new HashSet<>();
        frontends.forEach((key, frontend) -> {
            Extent extent = tables.extent(frontend.service()).orElseThrow();
            extent.backends()
                    .forEach(backend -> assertThat(tables.isPublished(backend.id()))
                            .as("%s: %s", key, backend)
                            .isTrue());
            extent.backends().stream().map(Backend::id).forEach(ids::add);
            choices.put(
                    key,
                    (frontend.localSet() ? extent.local() : extent.cluster())
                            .stream()
                                    .map(b -> new Choice(b.address(), b.port(), b.local(), b.terminating()))
                                    .collect(Collectors.toSet()));
        });
        return choices;
    }
}
