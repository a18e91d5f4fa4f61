// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.control.PolicyQueries;
import io.culvert.agent.view.EndpointRow;
import io.culvert.agent.view.ExplainView;
import io.culvert.agent.view.IdentityRow;
import io.culvert.agent.view.IpcacheRow;
import io.culvert.agent.view.PolicyRow;
import io.culvert.cluster.ClusterState;
import io.culvert.maps.PacketCount;
import io.culvert.maps.datapath.Datapath;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyView;
import io.culvert.policy.RuleId;
import io.culvert.policy.explain.ServiceTargets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Policies as this node has them. Where none are enforced, the answers are those of what the cluster wants.
public final class PolicyAnswers implements PolicyQueries {

    private final String nodeName;
    private final Supplier<ClusterState> state;
    private final Supplier<Optional<PolicyView>> enforced;
    private final Supplier<Optional<Datapath>> datapath;

    /// @param enforced empty while no policies are
    /// @param datapath empty before it is open
    public PolicyAnswers(
            String nodeName,
            Supplier<ClusterState> state,
            Supplier<Optional<PolicyView>> enforced,
            Supplier<Optional<Datapath>> datapath) {
        this.nodeName = nodeName;
        this.state = state;
        this.enforced = enforced;
        this.datapath = datapath;
    }

    @Override
    public List<PolicyRow> list(String namespace, String name) {
        ClusterState now = state.get();
        PolicyInputs inputs = PolicyInputs.of(now, nodeName);
        PolicyRows rows = new PolicyRows(inputs, enforced.get(), this::count);
        return name.isEmpty() ? rows.list(namespace) : rows.get(namespace, name, ServiceTargets.of(now));
    }

    @Override
    public ExplainView explain(Question question) {
        ClusterState now = state.get();
        PolicyInputs inputs = PolicyInputs.of(now, nodeName);
        Optional<DatapathCheck> check = enforced.get()
                .flatMap(view -> datapath.get().map(kernel -> new DatapathCheck(kernel.policies(), view)));
        return new Explainer(inputs, ServiceTargets.of(now), check).explain(question);
    }

    @Override
    public List<EndpointRow> endpoints() {
        return new PlanRows(view()).endpoints();
    }

    @Override
    public List<IdentityRow> identities() {
        return new PlanRows(view()).identities();
    }

    @Override
    public List<IpcacheRow> ipcache(String address) {
        return new PlanRows(view()).ipcache(address);
    }

    private PolicyView view() {
        return enforced.get().orElseGet(() -> {
            PolicyInputs inputs = PolicyInputs.of(state.get(), nodeName);
            return new PolicyView(inputs, PolicyCompiler.compile(inputs), 0, Map.of(), Map.of(), List.of());
        });
    }

    /// What a rule has decided about; empty where nothing counts it.
    private Optional<PacketCount> count(PolicyView view, RuleId rule) {
        return Optional.ofNullable(view.rules().get(rule))
                .flatMap(number -> datapath.get()
                        .map(kernel -> kernel.maps().policies().counters().get(number).stream()
                                .reduce(PacketCount.ZERO, PacketCount::plus)));
    }
}
