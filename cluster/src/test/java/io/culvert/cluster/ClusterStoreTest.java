// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.cluster.policy.Namespace;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterStoreTest {

    private final ClusterStore store = new ClusterStore(Set.of("manifests"), Duration.ofMillis(50));
    private final BlockingQueue<ClusterUpdate> updates = new LinkedBlockingQueue<>();

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void A1_09_nothingIsDeliveredBeforeEverySourceIsComplete() throws InterruptedException {
        store.subscribe(updates::add);
        store.apply(List.of(Change.put(service("web"))));
        assertThat(store.complete()).isFalse();
        assertThat(updates.poll(50, TimeUnit.MILLISECONDS)).isNull();

        store.completed("manifests");

        ClusterUpdate first = next();
        assertThat(first.complete()).isTrue();
        assertThat(first.services()).containsExactly(name("web"));
        assertThat(first.nodesChanged()).isTrue();
        assertThat(first.podsChanged()).isTrue();
    }

    @Test
    void changesThatComeWhileASubscriberIsBusyAreOneUpdate() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        store.completed("manifests");
        store.subscribe(update -> {
            updates.add(update);
            busy.countDown();
            awaitUninterrupted(release);
        });
        assertThat(busy.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(next().services()).isEmpty();

        IntStream.range(0, 100).forEach(i -> store.apply(List.of(Change.put(service("web-" + i)))));
        store.apply(
                List.of(Change.put(service("web-0", "10.0.0.9")), Change.remove(ObjectKind.SERVICE, name("web-1"))));
        release.countDown();

        ClusterUpdate second = next();
        assertThat(second.services()).hasSize(100);
        assertThat(second.state().services()).hasSize(99).containsEntry(name("web-0"), service("web-0", "10.0.0.9"));
        assertThat(second.nodesChanged()).isFalse();
        assertThat(updates).isEmpty();
    }

    @Test
    void A11_21_A15_06_theBacklogLastsUntilTheSubscriberHasFinished() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        store.completed("manifests");
        store.subscribe(update -> {
            updates.add(update);
            if (!update.services().isEmpty()) {
                awaitUninterrupted(release);
            }
        });
        next();
        assertThat(store.backlog().waiting()).isZero();

        store.apply(List.of(Change.put(service("web")), Change.put(slice("web-1", "web"))));
        next();
        store.apply(List.of(Change.put(service("web", "10.0.0.9")), Change.put(service("web", "10.0.0.9"))));

        Backlog busy = store.backlog();
        assertThat(busy.servicesPending()).isEqualTo(2);
        assertThat(busy.slicesPending()).isEqualTo(1);
        assertThat(busy.waiting()).isPositive();
        assertThat(store.backlog().waiting()).as("of the oldest").isGreaterThanOrEqualTo(busy.waiting());

        release.countDown();
        await().until(() -> store.backlog().waiting().isZero());
        Backlog idle = store.backlog();
        assertThat(idle.servicesPending()).isZero();
        assertThat(idle.serviceChanges()).isEqualTo(2);
        assertThat(idle.sliceChanges()).isEqualTo(1);
        assertThat(idle.lastQueued()).isAfter(Instant.EPOCH);
    }

    @Test
    void A11_21_anUpdateThatFailsStaysPendingFromWhenItCame() {
        store.completed("manifests");
        store.subscribe(update -> {
            updates.add(update);
            if (!update.services().isEmpty()) {
                throw new IllegalStateException("always");
            }
        });
        await().until(() -> updates.size() == 1);
        store.apply(List.of(Change.put(service("web"))));
        await().until(() -> updates.size() >= 3);

        assertThat(store.backlog().servicesPending()).isEqualTo(1);
        assertThat(store.backlog().waiting()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
    }

    @Test
    void A1_11_anObjectThatIsTheSameAgainIsNoChange() throws InterruptedException {
        store.completed("manifests");
        store.apply(List.of(Change.put(service("web")), Change.put(slice("web-1", "web"))));
        store.subscribe(updates::add);
        assertThat(next().services()).containsExactly(name("web"));

        store.apply(List.of(Change.put(service("web")), Change.put(slice("web-1", "web"))));
        store.apply(List.of(Change.remove(ObjectKind.POD, name("none"))));
        store.apply(List.of(Change.put(service("other"))));

        assertThat(next().services()).containsExactly(name("other"));
    }

    @Test
    void A1_08_aSliceMayComeBeforeItsService() throws InterruptedException {
        store.completed("manifests");
        store.apply(List.of(Change.put(slice("web-1", "web"))));
        store.subscribe(updates::add);
        assertThat(next().services()).containsExactly(name("web"));

        store.apply(List.of(Change.put(service("web"))));

        ClusterState state = next().state();
        assertThat(state.service(name("web"))).isPresent();
        assertThat(state.slices(name("web"))).containsExactly(slice("web-1", "web"));
    }

    @Test
    void A3_19_aSliceThatNamesAnotherServiceLeavesTheOldOne() throws InterruptedException {
        store.completed("manifests");
        store.apply(List.of(Change.put(slice("s", "old"))));
        store.subscribe(updates::add);
        next();

        store.apply(List.of(Change.put(slice("s", "new"))));

        ClusterUpdate update = next();
        assertThat(update.services()).containsExactlyInAnyOrder(name("old"), name("new"));
        assertThat(update.state().slicesByService()).containsOnlyKeys(name("new"));
        store.apply(List.of(Change.remove(ObjectKind.ENDPOINT_SLICE, name("s"))));
        assertThat(next().state().slicesByService()).isEmpty();
    }

    @Test
    void nodesAndPodsAreToldApart() throws InterruptedException {
        store.completed("manifests");
        store.subscribe(updates::add);
        next();

        store.apply(List.of(Change.put(Node.of("n1", List.of(IpAddress.of("192.0.2.1"))))));
        ClusterUpdate nodes = next();
        store.apply(List.of(Change.put(new Pod(name("p"), "", List.of(), "n1", false, SocketLb.ON))));
        ClusterUpdate pods = next();

        assertThat(nodes.nodesChanged()).isTrue();
        assertThat(nodes.podsChanged()).isFalse();
        assertThat(pods.nodesChanged()).isFalse();
        assertThat(pods.podsChanged()).isTrue();
        assertThat(pods.state().node("n1")).isPresent();
    }

    @Test
    void anUpdateThatFailsIsGivenAgainWithWhatChangedMeanwhile() {
        List<ClusterUpdate> attempts = new ArrayList<>();
        store.completed("manifests");
        store.apply(List.of(Change.put(service("a"))));
        store.subscribe(update -> {
            attempts.add(update);
            if (attempts.size() == 1) {
                store.apply(List.of(Change.put(service("b"))));
                throw new IllegalStateException("map full");
            }
            updates.add(update);
        });

        await().untilAsserted(() -> assertThat(updates).hasSize(1));
        assertThat(updates.element().services()).containsExactlyInAnyOrder(name("a"), name("b"));
    }

    @Test
    void aSubscriberThatFailsDoesNotDisturbOthers() throws InterruptedException {
        store.completed("manifests");
        store.subscribe(_ -> {
            throw new IllegalStateException("always");
        });
        store.subscribe(updates::add);
        next();

        store.apply(List.of(Change.put(service("a"))));

        assertThat(next().services()).containsExactly(name("a"));
    }

    @Test
    void C5_19_policiesAreDeliveredOnceTheyAreCompleteAndNeverWithTheRest() throws InterruptedException {
        BlockingQueue<ClusterUpdate> policies = new LinkedBlockingQueue<>();
        store.subscribePolicies(policies::add);
        store.subscribe(updates::add);
        store.apply(List.of(Change.put(Namespace.named("x")), Change.put(service("web"))));
        store.completed("manifests");
        assertThat(next().services()).containsExactly(name("web"));
        assertThat(policies.poll(50, TimeUnit.MILLISECONDS)).isNull();

        store.policiesCompleted("manifests");
        ClusterUpdate first = policies.poll(5, TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        assertThat(first.policies().everything()).isTrue();
        assertThat(first.state().policies().namespaces()).containsOnlyKeys("x");

        store.apply(List.of(Change.put(service("other")), Change.put(Namespace.named("x"))));
        store.apply(List.of(Change.remove(ObjectKind.NAMESPACE, new ObjectName("", "x"))));
        ClusterUpdate second = policies.poll(5, TimeUnit.SECONDS);
        assertThat(second).isNotNull();
        assertThat(second.policies().of(ObjectKind.NAMESPACE)).containsExactly(new ObjectName("", "x"));
        assertThat(next().services()).containsExactly(name("other"));
        assertThat(updates).as("of the Namespace").isEmpty();
    }

    @Test
    void C5_16_aSubscriberToPoliciesThatFailsIsToldTheSameAgain() {
        List<ClusterUpdate> attempts = new ArrayList<>();
        BlockingQueue<ClusterUpdate> taken = new LinkedBlockingQueue<>();
        store.policiesCompleted("manifests");
        store.subscribePolicies(update -> {
            attempts.add(update);
            if (attempts.size() == 2) {
                store.apply(List.of(Change.put(Namespace.named("y"))));
                throw new IllegalStateException("map full");
            }
            taken.add(update);
        });
        await().until(() -> taken.size() == 1);

        store.apply(List.of(Change.put(Namespace.named("x"))));

        await().until(() -> taken.size() == 2);
        assertThat(attempts.getLast().policies().of(ObjectKind.NAMESPACE))
                .containsExactlyInAnyOrder(new ObjectName("", "x"), new ObjectName("", "y"));
        assertThat(store.backlog().waiting()).as("Services are not late").isZero();
    }

    private ClusterUpdate next() throws InterruptedException {
        ClusterUpdate update = updates.poll(5, TimeUnit.SECONDS);
        assertThat(update).as("an update within five seconds").isNotNull();
        return update;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ObjectName name(String name) {
        return new ObjectName("default", name);
    }

    private static Service service(String name) {
        return service(name, "10.0.0.1");
    }

    private static Service service(String name, String clusterIp) {
        return Service.builder(name(name))
                .clusterIps(List.of(IpAddress.of(clusterIp)))
                .build();
    }

    private static EndpointSlice slice(String name, String service) {
        return new EndpointSlice(name(name), service, IpFamily.IPV4, Instant.EPOCH, List.of(), List.of(), null);
    }
}
