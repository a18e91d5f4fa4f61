// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.NodePortAddresses;
import io.culvert.agent.config.Setting;
import io.culvert.agent.health.HealthCheckServers;
import io.culvert.agent.health.HealthPages;
import io.culvert.agent.health.HttpListener;
import io.culvert.agent.health.NodeEligibility;
import io.culvert.agent.health.ProbeListener;
import io.culvert.agent.health.ProxyHealth;
import io.culvert.agent.health.RetriedServer;
import io.culvert.agent.metrics.ProbeCounts;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What this node tells load balancers and probes, and the servers by which it does.
final class NodeHealth implements AutoCloseable {

    private final ClusterStore store;
    private final ProxyHealth proxy;
    private final NodeEligibility node;
    private final HealthCheckServers ports;
    private final Optional<RetriedServer> server;
    private volatile boolean begun;

    NodeHealth(Plan plan, Sources sources, ClusterStore store, ProbeCounts counts) {
        this.store = store;
        this.proxy = new ProxyHealth(() -> store.backlog().waiting());
        this.node = new NodeEligibility(plan.nodeName(), !plan.fromManifests());
        this.ports =
                new HealthCheckServers(plan.nodeName(), () -> proxy.report().healthy(), sources.events());
        HealthPages pages = new HealthPages(proxy, node, counts.healthz()::add, counts.livez()::add);
        this.server = plan.endpoint(Setting.HEALTHZ)
                .map(address -> new RetriedServer(
                        new RetriedServer.Purpose(
                                Setting.HEALTHZ.option(), address.toString(), "FailedToStartProxierHealthcheck"),
                        new ObjectName("", plan.nodeName()),
                        sources.events(),
                        () -> ProbeListener.open(address.address(), address.port(), pages::answer)));
    }

    /// Opens `/healthz` and `/livez`.
    ///
    /// @return what kept them from opening, one line
    Optional<String> serve() {
        return server.flatMap(RetriedServer::attempt);
    }

    /// Follows an update whose Services were attempted.
    ///
    /// @param failing families of which the kernel refused something
    void follow(ClusterUpdate update, Set<IpFamily> failing) {
        begun = true;
        proxy.attempted(failing);
        if (update.nodesChanged()) {
            node.follow(update.state());
        }
        ports.apply(update);
    }

    /// Tries again what failed, and notes what became of what the kernel refused. To be called every second or so.
    void maintain(Set<IpFamily> failing) {
        var _ = serve();
        ports.maintain();
        if (begun && store.backlog().waiting().isZero()) {
            proxy.attempted(failing);
        }
    }

    /// Has health check node ports listen where NodePorts are served if blocks choose that, and at every address
    /// otherwise, as kube-proxy does.
    ///
    /// @param serving addresses that serve NodePorts
    void listenOn(NodePortAddresses chosen, List<IpAddress> serving) {
        boolean blocks = chosen instanceof NodePortAddresses.Blocks(List<IpPrefix> prefixes)
                && prefixes.stream().noneMatch(prefix -> prefix.length() == 0);
        ports.listenOn(blocks ? Set.copyOf(serving) : Set.of(IpAddress.UNSPECIFIED));
    }

    ProxyHealth proxy() {
        return proxy;
    }

    HealthCheckServers ports() {
        return ports;
    }

    /// Where `/healthz` is, for a port that the kernel chose.
    Optional<Integer> port() {
        return server.flatMap(RetriedServer::server).map(HttpListener::port);
    }

    /// What cannot be served now, for people.
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(ports.problems());
        server.flatMap(RetriedServer::problem).ifPresent(problems::add);
        return problems;
    }

    @Override
    public void close() {
        ports.close();
        server.ifPresent(RetriedServer::close);
    }
}
