// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.IpAddress;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyWarning;
import io.culvert.policy.explain.ServiceTargets.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is valid and probably not meant: a ClusterIP in a block, a Service's port where its target's is wanted, a list
/// of peers that is empty, a selector that matches nothing.
public final class ClassicMistakes {

    private final SeenCluster cluster;
    private final List<ServiceTargets> services;
    private final List<PolicyWarning> found = new ArrayList<>();

    private ClassicMistakes(PolicyInputs inputs, List<ServiceTargets> services) {
        this.cluster = new SeenCluster(inputs);
        this.services = services;
    }

    /// Those of some policies. It looks at every pod and Service for each, so nothing that runs often may ask.
    ///
    /// @param which of [SeenPolicy#of], by name, in their order
    public static List<PolicyWarning> of(
            PolicyInputs inputs, List<ServiceTargets> services, Predicate<ObjectName> which) {
        ClassicMistakes mistakes = new ClassicMistakes(inputs, services);
        SeenPolicy.of(inputs).stream()
                .filter(policy -> which.test(policy.name()))
                .forEach(mistakes::check);
        return List.copyOf(mistakes.found);
    }

    private void check(SeenPolicy policy) {
        if (cluster.governed().stream().noneMatch(pod -> cluster.selects(policy, pod))) {
            warn(policy.name(), "it selects no pod: there is none like " + policy.subjectText());
        }
        for (SeenRule rule : policy.rules()) {
            String list = rule.id().direction() == Direction.INGRESS ? "from" : "to";
            if (rule.peers().isEmpty() && policy.ofNetworkPolicy()) {
                warn(rule, list + " is empty, which means everyone: pods of all namespaces, and who is no pod");
            }
            for (int i = 0; i < rule.peers().size(); i++) {
                check(rule, list + "[" + i + "]", rule.peers().get(i));
            }
            servicePorts(policy, rule);
        }
    }

    private void check(SeenRule rule, String place, PolicyPeer peer) {
        switch (peer) {
            case PolicyPeer.OwnNamespacePods _, PolicyPeer.SelectedPods _ -> {
                if (cluster.governed().stream()
                        .noneMatch(pod -> cluster.means(peer, rule.id().policy(), pod))) {
                    warn(rule, place + " matches nothing: there are no " + PolicyText.peer(peer));
                }
            }
            case PolicyPeer.IpBlock block -> clusterIps(rule, place, block);
            case PolicyPeer.SelectedNodes nodes -> {
                if (cluster.inputs().nodes().stream()
                        .noneMatch(node -> nodes.nodes().matches(node.labels()))) {
                    warn(rule, place + " matches nothing: there are no " + PolicyText.peer(peer));
                }
            }
            case PolicyPeer.Unknown _ -> {}
        }
    }

    /// A block with a ClusterIP and without any of the Service's targets: nobody means this.
    private void clusterIps(SeenRule rule, String place, PolicyPeer.IpBlock block) {
        List<ServiceTargets> named = services.stream()
                .filter(service -> service.clusterIps().stream().anyMatch(block::contains))
                .filter(service -> targets(service).noneMatch(target -> block.contains(target.address())))
                .toList();
        if (named.isEmpty()) {
            return;
        }
        IpAddress address = named.getFirst().clusterIps().stream()
                .filter(block::contains)
                .findFirst()
                .orElseThrow();
        String others = named.size() == 1 ? "" : " (and " + (named.size() - 1) + " more)";
        warn(
                rule,
                place + " has " + address + ", the ClusterIP of Service "
                        + named.getFirst().name() + others + "; "
                        + (rule.id().direction() == Direction.EGRESS
                                ? "policies see the pod behind it: select its pods"
                                : "no connection comes from a ClusterIP: select the client's pods"));
    }

    /// A port that a Service has, of pods that listen at another.
    private void servicePorts(SeenPolicy policy, SeenRule rule) {
        for (PolicyPort port : rule.ports()) {
            if (port instanceof PolicyPort.Range range && range.first() == range.last()) {
                List<Target> behind = behind(policy, rule, range, true);
                if (!behind.isEmpty() && behind(policy, rule, range, false).isEmpty()) {
                    warn(rule, message(range, behind));
                }
            }
        }
    }

    private static String message(PolicyPort.Range range, List<Target> behind) {
        String listening = behind.stream()
                .map(Target::port)
                .distinct()
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return range.protocol() + " " + range.first()
                + " is the port of a Service, and the pods behind it listen at " + listening
                + "; policies see the pod's port: name " + listening;
    }

    /// Targets that the rule is about.
    ///
    /// @param translated those that a Service with this port leads to at another; else those at this very port
    private List<Target> behind(SeenPolicy policy, SeenRule rule, PolicyPort.Range range, boolean translated) {
        return services.stream()
                .flatMap(service -> service.ports().stream())
                .filter(port -> port.protocol() == range.protocol() && (!translated || port.port() == range.first()))
                .flatMap(port -> port.targets().stream()
                        .filter(target -> translated ? elsewhere(rule, range, target) : target.port() == range.first())
                        .filter(target -> isAbout(policy, rule, target.address())))
                .toList();
    }

    private boolean elsewhere(SeenRule rule, PolicyPort.Range range, Target target) {
        PolicyPod pod = cluster.pod(target.address()).orElse(null);
        return target.port() != range.first()
                && !SeenCluster.names(rule, range.protocol().number(), target.port(), pod);
    }

    private boolean isAbout(SeenPolicy policy, SeenRule rule, IpAddress destination) {
        if (rule.id().direction() == Direction.EGRESS) {
            return cluster.reaches(rule, destination);
        }
        Optional<PolicyPod> pod = cluster.pod(destination);
        return pod.filter(found -> cluster.selects(policy, found)).isPresent();
    }

    private static Stream<Target> targets(ServiceTargets service) {
        return service.ports().stream().flatMap(port -> port.targets().stream());
    }

    private void warn(SeenRule rule, String message) {
        warn(rule.id().policy(), rule.place() + ": " + message);
    }

    private void warn(ObjectName policy, String message) {
        found.add(new PolicyWarning(policy, message));
    }
}
