// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.cluster.Service;
import io.culvert.cluster.StoreObserver;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Request;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/// A source that follows a fake API server for node `n1`, impatiently.
final class SourceUnderTest implements AutoCloseable {

    static final Patience IMPATIENT = new Patience(
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(1),
            Duration.ofMillis(4),
            Duration.ofMillis(60));

    final FakeApiServer server;
    final KubernetesSource source;
    final StoreObserver observer = new StoreObserver(KubernetesSource.NAME);

    private SourceUnderTest(FakeApiServer server, boolean policies) {
        this.server = server;
        this.source =
                KubernetesSource.open(new KubernetesConfig(null, URI.create(server.url()), "n1", policies), IMPATIENT);
    }

    static SourceUnderTest following(FakeApiServer server) {
        return start(new SourceUnderTest(server, false));
    }

    static SourceUnderTest followingPolicies(FakeApiServer server) {
        return start(new SourceUnderTest(server, true));
    }

    private static SourceUnderTest start(SourceUnderTest started) {
        started.source.start(started.observer.store());
        return started;
    }

    ClusterState awaitState(String what, Predicate<ClusterState> wanted) {
        return observer.awaitState(what, wanted);
    }

    /// Waits for a Service with this port.
    void awaitPort(String name, int port) {
        awaitState(name + " with port " + port, state -> port(state, name) == port);
    }

    void awaitGone(String name) {
        awaitState("no " + name, state -> port(state, name) == 0);
    }

    /// The port of a Service as the store has it now; 0 where there is no such Service.
    int port(String name) {
        return port(observer.store().state(), name);
    }

    /// Number of requests so far.
    long requests(Predicate<Request> wanted) {
        return server.requests().stream().filter(wanted).count();
    }

    List<String> problemLines() {
        return source.problems().stream().map(Problem::toString).toList();
    }

    private static int port(ClusterState state, String name) {
        return state.service(new ObjectName("default", name))
                .map(Service::ports)
                .map(ports -> ports.getFirst().port())
                .orElse(0);
    }

    @Override
    public void close() {
        source.close();
        observer.close();
    }
}
