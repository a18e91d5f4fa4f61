// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Node;
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

/// `/healthz` and `/livez` as a function of what happened, on a clock that the test turns.
final class ProxyHealthTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private Duration now = Duration.ZERO;
    private Duration waiting = Duration.ZERO;
    private final List<String> counted = new ArrayList<>();
    private final ProxyHealth health = new ProxyHealth(() -> waiting, () -> now.toNanos(), () -> BEGIN.plus(now));
    private final NodeEligibility node = new NodeEligibility("n1", true);
    private final HealthPages pages = new HealthPages(
            health, node, status -> counted.add("healthz " + status), status -> counted.add("livez " + status));

    private Page healthz() {
        return pages.answer(new ProbeRequest("GET", "/healthz", IpFamily.IPV4));
    }

    private Page livez() {
        return pages.answer(new ProbeRequest("GET", "/livez", IpFamily.IPV4));
    }

    private void node(boolean deleting, String... taints) {
        node.follow(state(new Node(new ObjectName("", "n1"), List.of(), null, List.of(), Set.of(taints), deleting)));
    }

    private static ClusterState state(Node... nodes) {
        var all = HashTreePMap.<String, Node>empty();
        for (Node each : nodes) {
            all = all.plus(each.name().name(), each);
        }
        return new ClusterState(HashTreePMap.empty(), HashTreePMap.empty(), all, HashTreePMap.empty());
    }

    @Test
    void A11_26_unhealthyUntilEveryFamilyHasBeenSyncedOnceButAliveForFiveMinutes() {
        assertThat(healthz().status()).isEqualTo(503);
        assertThat(livez().status()).isEqualTo(200);

        now = ProxyHealth.GRACE;
        assertThat(livez().status()).isEqualTo(200);
        now = ProxyHealth.GRACE.plusMillis(1);
        assertThat(livez().status()).isEqualTo(503);

        health.attempted(Set.of(IpFamily.IPV6));
        assertThat(healthz().status()).as("IPv6 has failed ever since").isEqualTo(503);
        health.attempted(Set.of());
        assertThat(healthz().status()).isEqualTo(200);
        assertThat(livez().status()).isEqualTo(200);
    }

    @Test
    void A11_20_A11_24_A11_25_theAnswerOfAHealthyNode() {
        health.attempted(Set.of());
        now = Duration.ofMinutes(90);

        assertThat(healthz().headers())
                .containsEntry("Content-Type", "application/json")
                .containsEntry("X-Content-Type-Options", "nosniff");
        assertThat(healthz().body()).isEqualTo("""
                        {"lastUpdated":"2026-01-01T01:30:00Z","currentTime":"2026-01-01T01:30:00Z","nodeEligible":true,\
                        "healthy":true,"status":{"IPv4":{"lastUpdated":"2026-01-01T01:30:00Z","healthy":true},\
                        "IPv6":{"lastUpdated":"2026-01-01T01:30:00Z","healthy":true}}}
                        """);
        assertThat(livez().body()).doesNotContain("nodeEligible").contains("\"healthy\":true");
    }

    @Test
    void A11_21_aChangeThatWaitsForLongerThanAMinuteIsUnhealthyEverywhere() {
        health.attempted(Set.of());
        waiting = ProxyHealth.LATE;
        assertThat(healthz().status()).isEqualTo(200);

        waiting = ProxyHealth.LATE.plusMillis(1);
        assertThat(healthz().status()).isEqualTo(503);
        assertThat(livez().status()).isEqualTo(503);

        waiting = Duration.ZERO;
        assertThat(healthz().status()).isEqualTo(200);
    }

    @Test
    void A11_21_A11_24_aFamilyThatFailsForAMinuteIsNamedWithItsLastSync() {
        health.attempted(Set.of());
        now = Duration.ofSeconds(1);
        health.attempted(Set.of(IpFamily.IPV6));
        now = Duration.ofSeconds(61);
        health.attempted(Set.of(IpFamily.IPV6));
        assertThat(healthz().status()).isEqualTo(200);

        now = Duration.ofSeconds(62);
        assertThat(healthz().status()).isEqualTo(503);
        assertThat(livez().status()).isEqualTo(503);
        assertThat(healthz().body())
                .contains("\"lastUpdated\":\"2026-01-01T00:00:00Z\",\"currentTime\":\"2026-01-01T00:01:02Z\"")
                .contains("\"IPv4\":{\"lastUpdated\":\"2026-01-01T00:01:02Z\",\"healthy\":true}")
                .contains("\"IPv6\":{\"lastUpdated\":\"2026-01-01T00:00:00Z\",\"healthy\":false}");

        health.attempted(Set.of());
        assertThat(healthz().status()).isEqualTo(200);
    }

    @Test
    void A11_22_A11_23_A19_04_aNodeThatIsAboutToGoIsNotEligibleButAlive() {
        health.attempted(Set.of());
        node(false, "node.kubernetes.io/unreachable");
        assertThat(healthz().status()).isEqualTo(200);

        node(true);
        assertThat(healthz().status()).isEqualTo(503);
        assertThat(healthz().body()).contains("\"nodeEligible\":false,\"healthy\":false");
        assertThat(livez().status()).isEqualTo(200);

        node(false);
        assertThat(healthz().status()).isEqualTo(200);

        node(false, NodeEligibility.TO_BE_DELETED);
        assertThat(healthz().status()).isEqualTo(503);
        assertThat(livez().status()).isEqualTo(200);
        assertThat(health.report().healthy())
                .as("of health check node ports, A11-10")
                .isTrue();
    }

    @Test
    void A19_02_A19_06_aNodeThatTheClusterDoesNotHaveIsNotEligible() {
        health.attempted(Set.of());
        node(false);
        node.follow(state());
        assertThat(healthz().status()).isEqualTo(503);
        assertThat(livez().status()).isEqualTo(200);

        NodeEligibility ofManifests = new NodeEligibility("n1", false);
        ofManifests.follow(state());
        assertThat(ofManifests.eligible()).as("manifests without any Node").isTrue();
        ofManifests.follow(state(Node.of("n2", List.of())));
        assertThat(ofManifests.eligible())
                .as("manifests with another Node only")
                .isFalse();
    }

    @Test
    void A11_27_answersAreCounted() {
        healthz();
        livez();
        health.attempted(Set.of());
        healthz();

        assertThat(counted).containsExactly("healthz 503", "livez 200", "healthz 200");
        assertThat(pages.answer(new ProbeRequest("GET", "/", IpFamily.IPV4)).status())
                .isEqualTo(404);
    }
}
