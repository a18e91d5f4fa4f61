// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.Version;
import io.culvert.agent.config.BindAddress;
import io.culvert.agent.config.Setting;
import io.culvert.agent.flows.ClusterNews;
import io.culvert.agent.flows.NamedTables;
import io.culvert.agent.flows.NodeNames;
import io.culvert.agent.network.NodeNetwork;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.Node;
import io.culvert.net.IpAddress;
import io.culvert.observability.hubble.AgentLog;
import io.culvert.observability.hubble.PeerBook;
import io.culvert.observability.names.NodeLabel;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What flows are shown with: names, what the agent did, and where other nodes serve theirs.
final class FlowContext {

    /// Where Hubble's agents listen.
    private static final int PORT = 4244;

    private final Plan plan;
    private final NodeNames names;
    private final AgentLog log = new AgentLog(InstantSource.system());
    private final PeerBook peers;
    private final ClusterNews news;
    private volatile @Nullable NodeFlows served;

    FlowContext(Plan plan, Supplier<ClusterState> cluster, NamedTables tables) {
        this.plan = plan;
        String clusterName = plan.settings().get(Setting.CLUSTER_NAME);
        names = new NodeNames(new NodeLabel(clusterName, plan.nodeName(), Version.text()), cluster, tables);
        news = new ClusterNews(plan.nodeName(), names, log);
        peers = new PeerBook(clusterName, !plan.settings().get(Setting.HUBBLE_DISABLE_TLS));
    }

    /// Takes what keeps and serves flows.
    void servedBy(NodeFlows flows) {
        served = flows;
    }

    /// What keeps and serves flows; empty before the agent is ready, and while nothing is told.
    Optional<NodeFlows.Running> running() {
        return Optional.ofNullable(served).flatMap(NodeFlows::running);
    }

    /// Takes what may have changed outside of the cluster. To be called every some seconds.
    void maintain() {
        Optional.ofNullable(served).ifPresent(NodeFlows::maintain);
    }

    NodeNames names() {
        return names;
    }

    AgentLog log() {
        return log;
    }

    PeerBook peers() {
        return peers;
    }

    /// Follows pods and policies.
    void follow(ClusterStore store) {
        store.subscribePolicies(update -> {
            names.followPods(update);
            news.follow(update);
        });
    }

    /// Takes what was programmed of the cluster.
    void applied(ClusterUpdate update) {
        names.servicesChanged();
        if (update.nodesChanged()) {
            int port = plan.settings().get(Setting.HUBBLE) instanceof BindAddress.Endpoint endpoint
                    ? endpoint.port()
                    : PORT;
            Map<String, String> addresses = new TreeMap<>();
            for (Node node : update.state().nodes().values()) {
                node.internalIps().stream()
                        .findFirst()
                        .ifPresent(
                                ip -> addresses.put(node.name().name(), new BindAddress.Endpoint(ip, port).toString()));
            }
            peers.set(addresses);
        }
    }

    /// Takes what the network is now.
    void network(Set<IpAddress> local, NodeNetwork network) {
        names.network(local, network.pods(), network.devices());
    }
}
