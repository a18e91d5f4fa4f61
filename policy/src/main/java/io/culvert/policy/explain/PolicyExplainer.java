// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.policy.PlanEvaluator;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyWarning;
import io.culvert.policy.Verdict;
import io.culvert.policy.explain.Explanation.Answer;
import io.culvert.policy.explain.Explanation.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Answers who may connect to whom, and why: compiles the policies of the pods in question, wherever they run, and asks
/// the tables.
public final class PolicyExplainer {

    private final PolicyInputs inputs;
    private final List<ServiceTargets> services;
    private final SeenCluster cluster;
    private final VerdictReasons reasons;

    private PolicyExplainer(PolicyInputs inputs, List<ServiceTargets> services) {
        this.inputs = inputs;
        this.services = services;
        this.cluster = new SeenCluster(inputs);
        this.reasons = new VerdictReasons(cluster);
    }

    /// @throws IllegalArgumentException with one line for the user if the question names what is not there
    public static Explanation explain(PolicyInputs inputs, List<ServiceTargets> services, PolicyQuestion question) {
        return new PolicyExplainer(inputs, services).explain(question);
    }

    private Explanation explain(PolicyQuestion question) {
        Connections connections = new Connections(cluster, services);
        List<Connections.Connection> all = connections.of(question);
        Set<ObjectName> pods = all.stream()
                .flatMap(connection -> Stream.of(connection.source(), connection.destination()))
                .flatMap(address -> cluster.pod(address).stream())
                .map(PolicyPod::name)
                .collect(Collectors.toSet());
        PlanEvaluator tables = new PlanEvaluator(PolicyCompiler.compile(new PolicyInputs(
                inputs.namespaces(),
                inputs.pods(),
                inputs.nodes(),
                inputs.networkPolicies(),
                inputs.clusterNetworkPolicies(),
                pods)));
        List<String> notes = new ArrayList<>(connections.notes());
        pods.stream()
                .filter(cluster::isAudited)
                .map(ObjectName::namespace)
                .distinct()
                .sorted()
                .forEach(namespace -> notes.add("namespace " + namespace
                        + " is in audit mode: what its pods' policies refuse is counted, and passes"));
        return new Explanation(
                all.stream().map(connection -> path(tables, connection)).toList(), warnings(pods), notes);
    }

    private Path path(PlanEvaluator tables, Connections.Connection connection) {
        List<Answer> answers = new ArrayList<>();
        cluster.pod(connection.source())
                .ifPresent(pod ->
                        answers.add(answer(tables, connection, pod, Direction.EGRESS, connection.destination())));
        cluster.pod(connection.destination())
                .ifPresent(pod -> answers.add(answer(tables, connection, pod, Direction.INGRESS, connection.source())));
        return new Path(
                connection.source(), connection.destination(), connection.protocol(), connection.port(), answers);
    }

    private Answer answer(
            PlanEvaluator tables,
            Connections.Connection connection,
            PolicyPod pod,
            Direction direction,
            IpAddress peer) {
        Verdict verdict = tables.verdict(pod.name(), direction, peer, connection.protocol(), connection.port());
        return new Answer(
                pod.name(),
                direction,
                inputs.localPods().contains(pod.name()),
                verdict,
                reasons.reason(pod, direction, verdict),
                verdict.reason() == Verdict.Reason.ISOLATED
                        ? reasons.misses(pod, direction, connection, peer)
                        : List.of());
    }

    /// Of the policies that select one of the pods, and of those that may have been meant to: that select nobody, in a
    /// namespace
    /// of these pods or in none.
    private List<PolicyWarning> warnings(Set<ObjectName> pods) {
        List<PolicyPod> asked =
                pods.stream().flatMap(name -> cluster.pod(name).stream()).toList();
        Set<String> namespaces = Stream.concat(Stream.of(""), pods.stream().map(ObjectName::namespace))
                .collect(Collectors.toSet());
        Set<ObjectName> wanted = SeenPolicy.of(inputs).stream()
                .filter(policy -> selectsOne(policy, asked)
                        || (namespaces.contains(policy.name().namespace()) && !selectsOne(policy, cluster.governed())))
                .map(SeenPolicy::name)
                .collect(Collectors.toSet());
        return ClassicMistakes.of(inputs, services, wanted::contains);
    }

    private boolean selectsOne(SeenPolicy policy, List<PolicyPod> pods) {
        return pods.stream().anyMatch(pod -> cluster.selects(policy, pod));
    }
}
