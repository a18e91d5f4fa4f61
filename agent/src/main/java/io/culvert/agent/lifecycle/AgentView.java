// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.Version;
import io.culvert.agent.cni.PluginChain;
import io.culvert.agent.control.NodeView;
import io.culvert.agent.control.PolicyQueries;
import io.culvert.agent.control.ServiceQuery;
import io.culvert.agent.control.UnknownObjectException;
import io.culvert.agent.explain.ServiceExplainer;
import io.culvert.agent.view.AffinityRow;
import io.culvert.agent.view.AuditView;
import io.culvert.agent.view.ConnectionRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.agent.view.FrontendRows;
import io.culvert.agent.view.ServiceExplainView;
import io.culvert.agent.view.StatusView;
import io.culvert.cluster.Problem;
import io.culvert.cluster.SourceStatus;
import io.culvert.maps.MapSummary;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.ServiceStatus;
import io.culvert.servicelb.affinity.AffinityTable;
import io.culvert.servicelb.conntrack.ConntrackTable;
import io.culvert.servicelb.conntrack.DatapathFlows;
import io.culvert.servicelb.conntrack.FlowFilter;
import io.culvert.servicelb.conntrack.FlowLifetimes;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A running agent as the control API shows it.
final class AgentView implements NodeView {

    private final NodeState state;

    AgentView(NodeState state) {
        this.state = state;
    }

    @Override
    public StatusView status() {
        Readiness readiness = state.ready().getNow(new Readiness(0, 0, 0));
        SourceStatus source = state.sources().source().status();
        return new StatusView(
                Version.text(),
                ProcessHandle.current().pid(),
                state.plan().nodeName(),
                state.started().truncatedTo(ChronoUnit.MILLIS).toString(),
                readiness.millis(),
                state.kernel()
                        .map(kernel -> kernel.loadBalancer().statuses().size())
                        .orElse(0),
                state.kernel()
                        .map(kernel -> kernel.datapath().backendIds().used())
                        .orElse(0),
                List.of(new StatusView.Source(
                        state.sources().source().name(),
                        source.condition().name().toLowerCase(Locale.ROOT),
                        source.detail())),
                state.kernel().map(AgentView::attachments).orElse(List.of()),
                state.kernel().map(AgentView::tables).orElse(List.of()),
                problems(),
                state.kernel()
                        .map(kernel -> facts(
                                kernel,
                                state.plan(),
                                state.pluginChain(),
                                state.flows().running()))
                        .orElse(List.of()));
    }

    private static List<StatusView.Attached> attachments(NodeState.Kernel kernel) {
        List<StatusView.Attached> attachments = new ArrayList<>();
        kernel.datapath()
                .attachments()
                .forEach((name, description) -> attachments.add(new StatusView.Attached(name, description)));
        return attachments;
    }

    private static List<StatusView.Table> tables(NodeState.Kernel kernel) {
        return kernel.datapath().maps().list().stream()
                .filter(map -> map.used().isPresent())
                .filter(MapSummary::growable)
                .map(map -> new StatusView.Table(map.name(), map.used().getAsInt(), map.maxEntries()))
                .toList();
    }

    private static List<StatusView.Fact> facts(
            NodeState.Kernel kernel, Plan plan, Optional<PluginChain> pluginChain, Optional<NodeFlows.Running> flows) {
        var gc = kernel.gc().last();
        List<StatusView.Fact> facts = new ArrayList<>(NetworkLines.facts(kernel.network()));
        boolean asked = pluginChain.flatMap(PluginChain::problem).isEmpty();
        facts.addAll(List.of(
                new StatusView.Fact("Pod start", PodStarts.inEffect(plan, asked)),
                new StatusView.Fact("Fast path", kernel.fastPath().summary()),
                new StatusView.Fact("Policies", kernel.policyFeed().status().summary()),
                new StatusView.Fact("Opted-out pods", kernel.optOuts().summary()),
                new StatusView.Fact(
                        "Conntrack",
                        gc.entries() + " entries at the last pass, "
                                + kernel.gc().removed() + " expired, "
                                + kernel.datapath().maps().openedRing().evicted() + " connections evicted"),
                new StatusView.Fact("Audit", audit(kernel.audit().totals())),
                new StatusView.Fact("Flows", FlowLines.summary(plan, flows)),
                new StatusView.Fact("Pins", plan.bpffs().toString())));
        FlowLines.file(plan, flows).ifPresent(lines -> facts.add(new StatusView.Fact("Flow file", lines)));
        FlowLines.otlp(plan, flows).ifPresent(sent -> facts.add(new StatusView.Fact("OpenTelemetry", sent)));
        return facts;
    }

    private static String audit(NodeAudit.Totals totals) {
        return totals.runs() + " runs, " + totals.found() + " differences, " + totals.repaired() + " repaired";
    }

    private List<StatusView.Trouble> problems() {
        List<StatusView.Trouble> problems = new ArrayList<>();
        List<Problem> found = new ArrayList<>(state.sources().source().problems());
        found.addAll(state.health().problems());
        state.kernel().flatMap(kernel -> kernel.policyFeed().problem()).ifPresent(found::add);
        state.pluginChain().flatMap(PluginChain::problem).ifPresent(found::add);
        for (Problem problem : found) {
            problems.add(new StatusView.Trouble(
                    problem.severity().name().toLowerCase(Locale.ROOT),
                    problem.subject(),
                    problem.message(),
                    problem.remedy()));
        }
        state.kernel()
                .ifPresent(kernel -> kernel.loadBalancer().statuses().stream()
                        .filter(status -> status.state() != ServiceStatus.State.PROGRAMMED)
                        .forEach(status -> problems.add(new StatusView.Trouble(
                                status.state() == ServiceStatus.State.ERROR ? "error" : "warning",
                                "Service " + status.service(),
                                status.detail(),
                                ""))));
        state.kernel()
                .ifPresent(kernel -> problems.addAll(
                        NetworkLines.problems(kernel.network(), state.plan().nodeName())));
        state.kernel()
                .ifPresent(kernel ->
                        problems.addAll(PolicyLines.problems(kernel.policies().status())));
        state.kernel().ifPresent(kernel -> problems.addAll(kernel.fastPath().problems()));
        state.flows().running().ifPresent(flows -> problems.addAll(FlowLines.problems(flows)));
        return problems;
    }

    @Override
    public List<FrontendRow> frontends(String namespace, String service) {
        return state.kernel()
                .map(kernel -> kernel.loadBalancer().frontends().stream()
                        .filter(view -> namespace.isEmpty()
                                || view.name().service().namespace().equals(namespace))
                        .filter(view -> service.isEmpty()
                                || view.name().service().name().equals(service))
                        .map(FrontendRows::of)
                        .toList())
                .orElse(List.of());
    }

    @Override
    public List<ConnectionRow> connections(FlowFilter filter) {
        return state.kernel()
                .map(kernel -> conntrack(kernel).list(NamedObjects.resolve(filter, state.cluster())).stream()
                        .map(ConnectionRow::of)
                        .toList())
                .orElse(List.of());
    }

    @Override
    public int flush(FlowFilter filter) {
        return state.kernel()
                .map(kernel -> conntrack(kernel).flush(NamedObjects.resolve(filter, state.cluster())))
                .orElse(0);
    }

    @Override
    public List<AffinityRow> affinity() {
        return state.kernel()
                .map(kernel -> AffinityTable.of(kernel.datapath().maps())
                        .list(kernel.loadBalancer().names())
                        .stream()
                        .map(AffinityRow::of)
                        .toList())
                .orElse(List.of());
    }

    @Override
    public AuditView audit(boolean repair) {
        return state.kernel()
                .map(kernel -> kernel.audit().run(repair))
                .orElseGet(() -> new AuditView(false, 0, 0, List.of(), List.of()));
    }

    @Override
    public ServiceExplainView explain(ServiceQuery query) {
        return state.kernel()
                .map(kernel -> explainer(kernel).explain(query))
                .orElseThrow(() -> new UnknownObjectException("explain Service " + query.service()
                        + ": the agent has not opened the datapath yet; ask again"));
    }

    private ServiceExplainer explainer(NodeState.Kernel kernel) {
        Map<IpAddress, Integer> links = new HashMap<>(state.bridged().links());
        links.putAll(kernel.network().podLinks());
        return new ServiceExplainer(
                state.plan().nodeName(),
                state.cluster(),
                kernel.datapath(),
                kernel.loadBalancer().frontends(),
                kernel.network().current().nodePortAddresses(),
                links,
                kernel.network().pods(),
                kernel.network().devices());
    }

    @Override
    public PolicyQueries policies() {
        return state.policyAnswers();
    }

    private ConntrackTable conntrack(NodeState.Kernel kernel) {
        return new ConntrackTable(
                DatapathFlows.of(kernel.datapath().maps()),
                new FlowLifetimes(state.plan().timeouts()),
                kernel.loadBalancer()::serviceAt);
    }
}
