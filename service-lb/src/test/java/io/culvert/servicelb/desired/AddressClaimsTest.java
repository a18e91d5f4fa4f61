// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.ClusterFixture.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.ClusterFixture;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressClaimsTest {

    private static final IpAddress SHARED = IpAddress.of("10.96.0.1");

    private final ClusterFixture cluster = new ClusterFixture();
    private final AddressClaims claims = new AddressClaims(ServiceRules.DEFAULT);

    private Set<ObjectName> update() {
        return claims.update(cluster.state(), cluster.update().services()).services();
    }

    private static ServiceBuilder aged(String name, int second, String... clusterIps) {
        return service(name, clusterIps).created(Instant.ofEpochSecond(second));
    }

    @Test
    void theOldestServiceOwnsTheAddress() {
        cluster.put(aged("young", 200, "10.96.0.1"));
        update();
        cluster.put(aged("old", 100, "10.96.0.1"));

        assertThat(update()).contains(name("young"));
        assertThat(claims.owner(SHARED)).contains(name("old"));
    }

    @Test
    void equallyOldServicesAreOrderedByName() {
        cluster.put(aged("b", 100, "10.96.0.1")).put(aged("a", 100, "10.96.0.1"));
        update();

        assertThat(claims.owner(SHARED)).contains(name("a"));
    }

    @Test
    void theLoserTakesOverWhenTheWinnerGoes() {
        cluster.put(aged("old", 100, "10.96.0.1")).put(aged("young", 200, "10.96.0.1"));
        update();
        cluster.removeService("old");

        assertThat(update()).contains(name("young"));
        assertThat(claims.owner(SHARED)).contains(name("young"));
    }

    @Test
    void theLoserTakesOverWhenTheWinnerMovesAway() {
        cluster.put(aged("old", 100, "10.96.0.1")).put(aged("young", 200, "10.96.0.1", "fd00::1"));
        update();
        cluster.put(aged("old", 100, "10.96.0.9"));

        assertThat(update()).contains(name("young"));
        assertThat(claims.owner(SHARED)).contains(name("young"));
        assertThat(claims.owner(IpAddress.of("10.96.0.9"))).contains(name("old"));
    }

    @Test
    void withoutConflictNobodyElseIsAffected() {
        cluster.put(aged("a", 100, "10.96.0.1")).put(aged("b", 200, "10.96.0.2"));

        assertThat(update()).isEmpty();
    }

    @Test
    void stepByStepEndsWhereAllAtOnceDoes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int step = 0; step < 5_000; step++) {
            String name = "s" + random.nextInt(6);
            if (random.nextInt(4) == 0) {
                cluster.removeService(name);
            } else {
                cluster.put(aged(name, random.nextInt(3), "10.96.0." + random.nextInt(4)));
            }
            if (random.nextBoolean()) {
                continue;
            }
            update();
            AddressClaims fresh = AddressClaims.of(cluster.state());
            for (int i = 0; i < 4; i++) {
                IpAddress address = IpAddress.of("10.96.0." + i);
                assertThat(claims.owner(address))
                        .as("seed %d step %d %s", seed, step, address)
                        .isEqualTo(fresh.owner(address))
                        .isEqualTo(oldest(address));
            }
        }
    }

    private Optional<ObjectName> oldest(IpAddress address) {
        return cluster.state().services().values().stream()
                .filter(service -> service.clusterIps().contains(address))
                .min(Comparator.comparing(Service::created).thenComparing(Service::name))
                .map(Service::name);
    }
}
