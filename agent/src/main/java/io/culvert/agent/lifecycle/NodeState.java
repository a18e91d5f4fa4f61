// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.cni.PluginChain;
import io.culvert.agent.config.FastPathMode;
import io.culvert.agent.config.Setting;
import io.culvert.agent.control.NodeView;
import io.culvert.agent.control.PolicyQueries;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.explain.PolicyAnswers;
import io.culvert.agent.kubeproxy.LiveCommands;
import io.culvert.agent.metrics.AgentMetrics;
import io.culvert.agent.metrics.ProbeCounts;
import io.culvert.agent.netfilter.PathFilters;
import io.culvert.agent.network.NetworkWatch;
import io.culvert.agent.network.NodeNetwork;
import io.culvert.agent.network.NodeObjects;
import io.culvert.agent.policy.NodePolicies;
import io.culvert.agent.policy.PodExposure;
import io.culvert.agent.policy.PolicyFeed;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectName;
import io.culvert.maps.BackendIds;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PublishedBackend;
import io.culvert.maps.datapath.Datapath;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.servicelb.ApplyResult;
import io.culvert.servicelb.DatapathTables;
import io.culvert.servicelb.LoadBalancer;
import io.culvert.servicelb.conntrack.ConntrackGc;
import io.culvert.servicelb.conntrack.DatapathFlows;
import io.culvert.servicelb.conntrack.FlowLifetimes;
import io.culvert.servicelb.conntrack.LoadAudit;
import io.culvert.servicelb.conntrack.StaleFlows;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the parts of a running agent share. Before [#program] there is no kernel state to show yet.
final class NodeState {

    /// The parts that work on the kernel's state.
    ///
    /// @param optOuts pods without socket translation
    record Kernel(
            Datapath datapath,
            LoadBalancer loadBalancer,
            NodeNetwork network,
            ConntrackGc gc,
            StaleFlows staleFlows,
            OptOutKeeper optOuts,
            NodeAudit audit,
            NodePolicies policies,
            PolicyFeed policyFeed,
            NodeFastPath fastPath) {}

    private final Plan plan;
    private final Sources sources;
    private final ClusterStore store;
    private final NodeHealth health;
    private final AgentMetrics metrics;
    private final SyncRecord syncs;
    private final PodExposure exposure;
    private final Instant started = Instant.now();
    private final CompletableFuture<Boolean> servicesProgrammed = new CompletableFuture<>();
    private final CompletableFuture<Boolean> policiesSettled = new CompletableFuture<>();
    private final CompletableFuture<Readiness> ready = new CompletableFuture<>();
    private final BridgedPods bridged;
    private final ExpiredConnections expired = new ExpiredConnections(address ->
            kernel().stream().anyMatch(present -> present.network().podLinks().containsKey(address)));
    private final Optional<PluginChain> pluginChain;
    private final FlowContext flows;
    private final ShownFlows shownFlows = new ShownFlows(this);
    private volatile @Nullable Kernel kernel;

    NodeState(Plan plan, Sources sources, ClusterStore store) {
        this.plan = plan;
        this.sources = sources;
        this.store = store;
        ProbeCounts probes = new ProbeCounts();
        health = new NodeHealth(plan, sources, store, probes);
        metrics = new AgentMetrics(
                new MetricsReader(this, store, probes)::read,
                plan.endpoint(Setting.METRICS).isPresent());
        syncs = new SyncRecord(metrics);
        exposure = new PodExposure(System::nanoTime, metrics::podExposed);
        pluginChain = PodStarts.chain(plan);
        flows = new FlowContext(plan, store::state, new StateTables(this));
        bridged = new BridgedPods(
                plan.nodeName(),
                store,
                () -> kernel().map(present -> present.network().pods().keySet()).orElse(Set.of()));
    }

    /// Adopts what the kernel holds.
    void program(Datapath datapath) {
        LoadBalancer loadBalancer = LoadBalancer.adopt(
                new DatapathTables(datapath), plan.nodeName(), plan.serviceRules(), sources.events());
        MappedArray<PublishedBackend> published = datapath.maps().backends();
        StaleFlows stale = new StaleFlows(id -> BackendIds.index(id) < published.maxEntries()
                && published.get(BackendIds.index(id)).id() == id);
        NodeNetwork network = new NodeNetwork(plan.network(), plan::datapathSettings, datapath);
        NodePolicies policies = new NodePolicies(
                datapath, plan.nodeName(), plan.policyFlags(), sources.events(), metrics::policiesProgrammed, exposure);
        DatapathFlows flowTable = DatapathFlows.of(datapath.maps());
        LoadAudit loads = new LoadAudit(
                flowTable,
                flowTable.loads(),
                loadBalancer::countedBackends,
                () -> datapath.maps().openedRing().opened(),
                datapath.countedSockets()::all);
        kernel = new Kernel(
                datapath,
                loadBalancer,
                network,
                new ConntrackGc(flowTable, datapath.reaper()::run, new FlowLifetimes(plan.timeouts()), stale, expired),
                stale,
                new OptOutKeeper(datapath, new OptOuts(plan.cgroupRoot())),
                new NodeAudit(datapath, loadBalancer, loads, network),
                policies,
                new PolicyFeed(policies, store, sources.source()::withheldFromPolicies),
                new NodeFastPath(
                        plan.settings().get(Setting.FAST_PATH),
                        datapath,
                        new PathFilters(new LiveCommands(), new LiveMachine()::read)::find));
    }

    /// Takes over what the node's network is now.
    void followNetwork() {
        Kernel present = kernel().orElseThrow();
        // What is read first is applied first, whichever threads are here.
        synchronized (present.network()) {
            long read = System.nanoTime();
            // Before what may fail: a node whose DNS cache listens at a cluster IP must reach it.
            Set<IpAddress> local = LocalAddresses.read();
            present.loadBalancer().localAddresses(local);
            try {
                present.network().follow();
            } finally {
                flows.network(local, present.network());
            }
            followPods(present, read);
        }
    }

    /// @param read when the network was read, as [System#nanoTime]
    private void followPods(Kernel present, long read) {
        Map<Integer, String> pods = present.network().pods();
        Map<IpAddress, Integer> routed = present.network().podLinks();
        Map<IpAddress, Integer> stations = followsBridges() ? bridged.links() : Map.of();
        if (plan.settings().get(Setting.POLICY)) {
            present.policies().interfaces(routed, stations, pods, read);
        }
        Map<IpAddress, Integer> known = new HashMap<>(stations);
        known.putAll(routed);
        present.fastPath().follow(known);
        if (followsBridges()) {
            bridged.ask(known.keySet());
        }
    }

    /// Whether anybody needs to know which pod is behind a port.
    boolean followsBridges() {
        return plan.settings().get(Setting.POLICY) || mayTakeFastPath();
    }

    /// Whether packets between pods may go past the stack.
    boolean mayTakeFastPath() {
        return plan.settings().get(Setting.FAST_PATH) != FastPathMode.OFF;
    }

    /// Whether the container runtime asks this agent; empty where it need not.
    Optional<PluginChain> pluginChain() {
        return pluginChain;
    }

    /// Connections that end without a packet that says so.
    ExpiredConnections expired() {
        return expired;
    }

    /// Who is behind the ports of bridges.
    BridgedPods bridged() {
        return bridged;
    }

    /// How long pods could talk without their policies.
    PodExposure exposure() {
        return exposure;
    }

    /// What is enforced at pods, once the programs are there.
    NodePolicies policies() {
        return kernel().orElseThrow().policies();
    }

    /// Enforces what the cluster says of policies, or nothing where nobody asks for it.
    void followPolicies() {
        Kernel present = kernel().orElseThrow();
        if (plan.settings().get(Setting.POLICY)) {
            present.policyFeed().start();
            flows.follow(store);
            store.subscribePolicies(present.loadBalancer()::podsChanged);
            var _ = present.policyFeed().settled().thenAccept(policiesSettled::complete);
        } else {
            present.datapath().policies().enforce(false);
            policiesSettled.complete(true);
        }
    }

    /// Programs what changed. The first time, the agent is ready afterwards.
    void apply(ClusterUpdate update, NetworkWatch watch) {
        Kernel present = kernel().orElseThrow();
        // Pods that may not be read are not gone.
        if (update.podsChanged() && !sources.source().withheldFromPolicies().contains("pods")) {
            present.optOuts().want(OptOuts.wanted(update.state().pods().values(), plan.nodeName()));
            if (update.complete()) {
                present.staleFlows().pods(PodOwners.of(update.state().pods().values(), plan.nodeName()));
            }
        }
        if (update.nodesChanged() || update.podsChanged()) {
            present.network().objects(plan.nodeName(), NodeObjects.of(update.state(), plan.nodeName()));
            watch.trigger();
        }
        ApplyResult result = present.loadBalancer().apply(update);
        flows.applied(update);
        Map<ObjectName, Set<IpFamily>> failing = present.loadBalancer().failing();
        syncs.applied(update, result, failing.keySet());
        // Before the ready line: whoever waits for that may ask /healthz next.
        listen(present);
        health.follow(update, families(failing));
        if (servicesProgrammed.complete(true)) {
            // Whoever waits for the ready line may count on policies, too, where they may be read at all.
            var _ = policiesSettled.thenRun(() -> ready.complete(new Readiness(
                    present.loadBalancer().statuses().size(),
                    present.datapath().backendIds().used(),
                    Math.max(1, ProcessAge.now().toMillis()))));
        }
    }

    /// Retries what failed and is due.
    void maintain() {
        kernel().ifPresent(present -> {
            ApplyResult result = present.loadBalancer().maintain();
            flows.names().servicesChanged();
            Map<ObjectName, Set<IpFamily>> failing = present.loadBalancer().failing();
            syncs.retried(result, failing.keySet());
            if (!present.optOuts().idle()) {
                present.optOuts().look();
            }
            listen(present);
            health.maintain(families(failing));
        });
    }

    private void listen(Kernel present) {
        health.listenOn(
                plan.settings().get(Setting.NODEPORT_ADDRESSES),
                present.network().current().nodePortAddresses());
    }

    private static Set<IpFamily> families(Map<ObjectName, Set<IpFamily>> failing) {
        return failing.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
    }

    /// What flows are shown with.
    FlowContext flows() {
        return flows;
    }

    /// Flows for metrics and for the page.
    ShownFlows shownFlows() {
        return shownFlows;
    }

    NodeView view() {
        return new AgentView(this);
    }

    /// What there is to say of policies.
    PolicyQueries policyAnswers() {
        return new PolicyAnswers(
                plan.nodeName(),
                store::state,
                () -> kernel().flatMap(present -> present.policies().view()),
                () -> kernel().map(Kernel::datapath));
    }

    NodeNetwork network() {
        return kernel().orElseThrow().network();
    }

    Optional<Kernel> kernel() {
        return Optional.ofNullable(kernel);
    }

    CompletableFuture<Readiness> ready() {
        return ready;
    }

    Plan plan() {
        return plan;
    }

    Sources sources() {
        return sources;
    }

    /// What the cluster wants now.
    ClusterState cluster() {
        return store.state();
    }

    Instant started() {
        return started;
    }

    NodeHealth health() {
        return health;
    }

    AgentMetrics metrics() {
        return metrics;
    }

    SyncRecord syncs() {
        return syncs;
    }
}
