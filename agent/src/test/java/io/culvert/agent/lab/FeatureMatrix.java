// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.lab.FeaturePolicy.End;
import io.culvert.cluster.policy.Direction;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.lab.ReachTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/// Who reaches whom in a [PolicyLab]: every pod and itself, TCP and UDP, both ports, both families, through Services
/// and by the pods' own addresses. Where it is asked for, SCTP as well, between different pods.
final class FeatureMatrix {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<Protocol> SOCKETS = List.of(Protocol.TCP, Protocol.UDP);

    private static final Map<String, Integer> PORT_NAMES = Map.of(
            "serve-80-tcp/TCP", 80,
            "serve-81-tcp/TCP", 81,
            "serve-80-udp/UDP", 80,
            "serve-81-udp/UDP", 81,
            "serve-80-sctp/SCTP", 80,
            "serve-81-sctp/SCTP", 81);

    private final PolicyLab lab;
    private int firstPolicy;
    private int nextPolicy;

    FeatureMatrix(PolicyLab lab) {
        this.lab = lab;
    }

    /// These policies and no others, from now on: new objects.
    ///
    /// @return how many connections were tried, in all attempts
    int await(List<FeaturePolicy> policies) {
        firstPolicy = nextPolicy;
        return awaitUpdated(policies);
    }

    /// The same with the objects that are there: the first policy is what the first of the last ones becomes, and so
    /// on.
    int awaitUpdated(List<FeaturePolicy> policies) {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < policies.size(); i++) {
            yaml.append("---\n").append(policies.get(i).yaml("p" + (firstPolicy + i)));
        }
        nextPolicy = Math.max(nextPolicy, firstPolicy + policies.size());
        lab.enforce(yaml.toString());
        return awaitAsBefore(policies);
    }

    /// Waits until exactly what these policies allow connects.
    int awaitAsBefore(List<FeaturePolicy> policies) {
        int[] tried = new int[1];
        awaitNone(() -> AtOnce.with(PolicyLab.NAMES, client -> differences(client, policies, tried)).stream()
                .flatMap(List::stream)
                .toList());
        return tried[0];
    }

    /// Waits until exactly the associations of SCTP open that these policies allow.
    ///
    /// @return how many were tried, in all attempts
    int awaitSctp(List<FeaturePolicy> policies) {
        List<PodQuestion> questions = PolicyLab.NAMES.stream()
                .flatMap(client -> questions(client, List.of(Protocol.SCTP)).stream())
                .filter(question -> !question.client().equals(question.server()))
                .toList();
        int[] tried = new int[1];
        try (SctpOpenings openings = new SctpOpenings(lab)) {
            awaitNone(() -> {
                tried[0] += questions.size();
                return openings.differences(questions, question -> allows(question, policies));
            });
        }
        return tried[0];
    }

    private static void awaitNone(Supplier<List<String>> differences) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(differences.get()).isEmpty());
    }

    private List<String> differences(String client, List<FeaturePolicy> policies, int[] tried) {
        List<PodQuestion> questions = questions(client, SOCKETS);
        synchronized (tried) {
            tried[0] += questions.size();
        }
        return PodQuestion.differences(lab.lab(), questions, question -> allows(question, policies));
    }

    private List<PodQuestion> questions(String client, List<Protocol> protocols) {
        List<PodQuestion> questions = new ArrayList<>();
        for (String server : PolicyLab.NAMES) {
            for (IpFamily family : IpFamily.values()) {
                for (Protocol protocol : protocols) {
                    for (int port : PolicyLab.PORTS) {
                        questions.add(new PodQuestion(
                                client, server, family, new ReachTarget(protocol, lab.service(server, family), port)));
                    }
                    if (!server.equals(client)) {
                        var own = new ReachTarget(protocol, lab.pod(server).ip(family), PolicyLab.PORTS.getFirst());
                        questions.add(new PodQuestion(client, server, family, own));
                    }
                }
            }
        }
        return questions;
    }

    /// A pod always reaches itself; else both ends must agree.
    private boolean allows(PodQuestion question, List<FeaturePolicy> policies) {
        End client = end(question.client(), question.family());
        End server = end(question.server(), question.family());
        return question.client().equals(question.server())
                || (allows(Direction.EGRESS, client, server, question, policies)
                        && allows(Direction.INGRESS, server, client, question, policies));
    }

    private boolean allows(Direction direction, End end, End peer, PodQuestion question, List<FeaturePolicy> policies) {
        List<FeaturePolicy> selecting = policies.stream()
                .filter(policy ->
                        end.pod().filter(pod -> policy.isolates(pod, direction)).isPresent())
                .toList();
        // Egress rules name ports of the peer, ingress rules of the pod itself; here all pods have the same.
        boolean named = (direction == Direction.INGRESS ? end : peer).pod().isPresent();
        return selecting.isEmpty()
                || selecting.stream()
                        .anyMatch(policy -> policy.allows(
                                direction,
                                peer,
                                question.target().protocol(),
                                question.target().port(),
                                named ? PORT_NAMES : Map.of()));
    }

    private End end(String pod, IpFamily family) {
        return new End(lab.object(pod), lab.pod(pod).ip(family));
    }
}
