// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.cni.PluginChain;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.control.ControlServer;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.doctor.Doctor;
import io.culvert.agent.doctor.Finding;
import io.culvert.agent.doctor.LiveKubeProxy;
import io.culvert.agent.doctor.Machine;
import io.culvert.agent.health.HttpListener;
import io.culvert.agent.health.PageServer;
import io.culvert.agent.health.RetriedServer;
import io.culvert.agent.network.NetworkFacts;
import io.culvert.agent.network.NetworkWatch;
import io.culvert.agent.network.NodeObjects;
import io.culvert.agent.network.WantedNetwork;
import io.culvert.agent.page.NodePage;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.loader.BpfException;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.ForeignLayoutException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent of one node: everything that runs, in the order in which it starts. Closing it stops what it runs and
/// leaves the datapath working.
public final class Agent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private final Plan plan;
    private final Deque<AutoCloseable> open;
    private final NodeState state;
    private final Optional<RetriedServer> pages;

    private Agent(Plan plan, Deque<AutoCloseable> open, NodeState state, Optional<RetriedServer> pages) {
        this.pages = pages;
        this.plan = plan;
        this.open = open;
        this.state = state;
    }

    /// Starts everything; Services are programmed when [#ready] completes.
    ///
    /// @param nodeName name of this node's Node object
    /// @throws StartException one line for the user; whatever had started is stopped again
    public static Agent start(Settings settings, String nodeName, Machine machine) {
        List<Finding> obstacles = new Doctor(machine).obstacles(settings.get(Setting.BPFFS));
        if (!obstacles.isEmpty()) {
            throw new StartException("start agent: " + obstacles.getFirst());
        }
        kubeProxy(settings, machine);
        Plan plan = Plan.of(settings, nodeName, machine);
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            return start(plan, open);
        } catch (RuntimeException e) {
            closeAll(open);
            throw e;
        }
    }

    private static void kubeProxy(Settings settings, Machine machine) {
        Optional<String> live = LiveKubeProxy.find(machine);
        if (live.isPresent() && settings.get(Setting.BESIDE_KUBE_PROXY)) {
            LOG.warn("kube-proxy {}; with beside-kube-proxy both translate, and Culvert comes first", live.get());
        } else if (live.isPresent()) {
            throw new StartException("start agent: kube-proxy " + live.get() + "; " + LiveKubeProxy.REMEDY
                    + ", or start with --beside-kube-proxy true");
        }
    }

    private static Agent start(Plan plan, Deque<AutoCloseable> open) {
        RunDirectory runDir = opened(open, RunDirectory.lock(plan.runDir()));
        Sources sources = Sources.of(plan);
        ClusterStore store =
                opened(open, new ClusterStore(Set.of(sources.source().name())));
        // What the cluster wants is read while the kernel checks programs: each takes a good part of the start.
        opened(open, sources.source());
        sources.source().start(store);
        NodeState state = new NodeState(plan, sources, store);
        NodeHealth health = opened(open, state.health());
        Optional<RetriedServer> pages = pages(plan, sources, state);
        pages.ifPresent(server -> opened(open, server));
        CompletableFuture<ControlServer> control = background(() -> control(runDir, state));
        try {
            Datapath datapath = opened(open, datapath(plan));
            // Closed before the maps that its subscriber writes to.
            opened(open, store);
            state.program(datapath);
            NetworkWatch network = opened(open, NetworkWatch.start(state::followNetwork, state.exposure()::heard));
            if (state.followsBridges()) {
                opened(open, state.bridged().follow(network::trigger));
            }
            followFirst(state, network);
            insist(plan, health.serve());
            if (state.mayTakeFastPath()) {
                opened(open, FilterWatch.start(state));
            }
            opened(open, new Housekeeping(plan, state, pages));
            store.subscribe(update -> state.apply(update, network));
            if (settings(plan).get(Setting.POLICY)) {
                opened(open, PodStarts.serve(plan, runDir.path(), state.policies(), network::trigger));
                state.pluginChain().ifPresent(PluginChain::look);
            }
            state.followPolicies();
        } finally {
            opened(open, joined(control));
        }
        opened(open, new NodeFlows(state, runDir.path(), joined(control))).startWhenReady();
        var _ = state.ready()
                .thenRun(() -> sources.events()
                        .note(
                                ObjectKind.NODE,
                                new ObjectName("", plan.nodeName()),
                                "Starting",
                                "culvert programs the Services of this node"));
        return new Agent(plan, open, state, pages);
    }

    /// One interface that refuses programs does not keep a node from its Services.
    private static void followFirst(NodeState state, NetworkWatch network) {
        try {
            state.followNetwork();
        } catch (BpfException e) {
            LOG.warn("follow the network: {}; trying again", e.getMessage());
            network.trigger();
        }
    }

    private static Settings settings(Plan plan) {
        return plan.settings();
    }

    private static Datapath datapath(Plan plan) {
        try {
            // The Node object is not known yet: the network as far as the machine alone tells.
            WantedNetwork network = WantedNetwork.of(plan.network(), NetworkFacts.read(), NodeObjects.UNKNOWN);
            Datapath datapath = Datapath.open(plan.datapath(network));
            if (plan.settings().get(Setting.SOCKET_LB)) {
                datapath.attachSockets(plan.cgroupRoot(), plan.socketPrograms());
            } else {
                datapath.detachSockets();
            }
            return datapath;
        } catch (ForeignLayoutException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private static ControlServer control(RunDirectory runDir, NodeState state) {
        try {
            return ControlServer.start(ControlSocket.in(runDir.path()), state.view());
        } catch (IOException e) {
            throw new StartException("listen on " + ControlSocket.in(runDir.path()) + ": " + e.getMessage()
                    + "; choose another --run-dir");
        } catch (IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    /// The server of metrics. It starts when the agent is ready, or a second after its start, because Services come
    /// first.
    private static Optional<RetriedServer> pages(Plan plan, Sources sources, NodeState state) {
        Optional<RetriedServer> pages = plan.endpoint(Setting.METRICS)
                .map(address -> new RetriedServer(
                        new RetriedServer.Purpose(
                                Setting.METRICS.option(), address.toString(), "FailedToStartMetricServer"),
                        new ObjectName("", plan.nodeName()),
                        sources.events(),
                        () -> PageServer.open(
                                address.toSocketAddress(),
                                Pages.of(state.metrics()),
                                new NodePage(state.shownFlows()))));
        if (settings(plan).get(Setting.BIND_ADDRESS_HARD_FAIL)) {
            insist(plan, pages.flatMap(RetriedServer::attempt));
        }
        return pages;
    }

    private static void insist(Plan plan, Optional<String> refusal) {
        if (settings(plan).get(Setting.BIND_ADDRESS_HARD_FAIL) && refusal.isPresent()) {
            throw new StartException(refusal.get());
        }
    }

    /// Completes when every Service of the first complete list is programmed.
    public CompletableFuture<Readiness> ready() {
        return state.ready();
    }

    NodeHealth health() {
        return state.health();
    }

    /// Where `/metrics` is, for a port that the kernel chose; empty until it is served.
    Optional<Integer> metricsPort() {
        return pages.flatMap(RetriedServer::server).map(HttpListener::port);
    }

    private static <T> CompletableFuture<T> background(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("start-control").start(() -> {
            try {
                result.complete(work.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static <T extends AutoCloseable> T opened(Deque<AutoCloseable> open, T resource) {
        open.push(resource);
        return resource;
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            AutoCloseable resource = open.pop();
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("stop {}: {}", resource.getClass().getSimpleName(), e.toString());
            }
        }
    }

    /// Stops in the reverse order of the start. Programs, maps and links stay in the kernel.
    @Override
    public void close() {
        LOG.info("stopping; the datapath in {} stays", plan.bpffs());
        closeAll(open);
    }
}
