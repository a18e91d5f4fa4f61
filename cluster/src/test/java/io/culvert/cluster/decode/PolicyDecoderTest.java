// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.ClusterObject;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelRequirement;
import io.culvert.cluster.policy.LabelRequirement.Operator;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyDecoderTest {

    private static final String CLUSTER_NETWORK_POLICY = """
            metadata: {name: p, creationTimestamp: "2026-01-31T12:00:00Z"}
            spec:
              tier: Baseline
              priority: 7
              subject: {pods: {namespaceSelector: {matchLabels: {a: b}}}}
              ingress:
              - {name: first, action: Pass, from: [{namespaces: {}}]}
              egress:
              - action: Deny
                to:
                - networks: ["10.0.0.0/8", "fd00::/8"]
                - nodes: {matchLabels: {role: cp}}
                protocols:
                - tcp: {destinationPort: {number: 80}}
                - udp: {destinationPort: {range: {start: 1, end: 9}}}
                - sctp: {}
                - destinationNamedPort: web
            """;

    private final List<InvalidObjectException> badEntries = new ArrayList<>();

    @Test
    void C1_26_C1_27_aBlockIsMaskedAndAPortWithoutProtocolIsTcp() {
        NetworkPolicy policy = strict().networkPolicy(document("""
                metadata: {name: p, namespace: x}
                spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 010.1.2.3/8}}], ports: [{port: 80}]}]}
                """));

        assertThat(policy.ingress())
                .containsExactly(new NetworkPolicyRule(
                        List.of(new PolicyPeer.IpBlock(cidr("10.0.0.0/8"), List.of())),
                        List.of(PolicyPort.Range.single(Protocol.TCP, 80))));
    }

    @Test
    void C5_08_aPodThatTerminatesIsGovernedUntilItHasEnded() {
        String pod = """
                metadata: {name: a, namespace: x, deletionTimestamp: "2026-01-31T12:00:00Z"}
                spec: {nodeName: n1, containers: []}
                status: {phase: %s, podIPs: [{ip: 10.0.0.1}]}
                """;

        assertThat(strict().pod(document(pod.formatted("Running"))).governed()).isTrue();
        assertThat(strict().pod(document(pod.formatted("Succeeded"))).governed())
                .isFalse();
    }

    @Test
    void aNetworkPolicy() {
        NetworkPolicy policy = strict().networkPolicy(document("""
                metadata: {name: p, namespace: x}
                spec:
                  podSelector: {matchLabels: {app: web}}
                  policyTypes: [Ingress, Egress]
                  ingress:
                  - from:
                    - podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [db]}]}
                    - namespaceSelector: {}
                      podSelector: {matchLabels: {a: b}}
                    - ipBlock: {cidr: 10.1.2.3/8, except: [10.1.0.0/16]}
                    ports:
                    - {port: 80}
                    - {protocol: UDP, port: dns}
                    - {protocol: SCTP}
                    - {port: 90, endPort: 99}
                  egress:
                  - {}
                """));

        LabelRequirement tier = new LabelRequirement("tier", Operator.NOT_IN, Set.of("db"));
        assertThat(policy)
                .isEqualTo(new NetworkPolicy(
                        new ObjectName("x", "p"),
                        labels("app", "web"),
                        Set.of(Direction.INGRESS, Direction.EGRESS),
                        List.of(new NetworkPolicyRule(
                                List.of(
                                        new PolicyPeer.OwnNamespacePods(new LabelSelector(Map.of(), List.of(tier))),
                                        new PolicyPeer.SelectedPods(LabelSelector.EVERYTHING, labels("a", "b")),
                                        new PolicyPeer.IpBlock(cidr("10.0.0.0/8"), List.of(cidr("10.1.0.0/16")))),
                                List.of(
                                        PolicyPort.Range.single(Protocol.TCP, 80),
                                        new PolicyPort.Named(Protocol.UDP, "dns"),
                                        new PolicyPort.AnyPort(Protocol.SCTP),
                                        new PolicyPort.Range(Protocol.TCP, 90, 99)))),
                        List.of(new NetworkPolicyRule(List.of(), List.of()))));
    }

    @Test
    void D1_06_D1_07_D1_11_D1_12_D1_14_aClusterNetworkPolicy() {
        ClusterNetworkPolicy policy = strict().clusterNetworkPolicy(document(CLUSTER_NETWORK_POLICY));

        assertThat(policy)
                .isEqualTo(new ClusterNetworkPolicy(
                        "p",
                        Instant.parse("2026-01-31T12:00:00Z"),
                        PolicyTier.BASELINE,
                        7,
                        new PolicyPeer.SelectedPods(labels("a", "b"), LabelSelector.EVERYTHING),
                        List.of(new ClusterNetworkPolicyRule(
                                "first",
                                PolicyAction.PASS,
                                List.of(new PolicyPeer.SelectedPods(
                                        LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
                                List.of())),
                        List.of(new ClusterNetworkPolicyRule(
                                "",
                                PolicyAction.DENY,
                                List.of(
                                        new PolicyPeer.IpBlock(cidr("10.0.0.0/8"), List.of()),
                                        new PolicyPeer.IpBlock(cidr("fd00::/8"), List.of()),
                                        new PolicyPeer.SelectedNodes(labels("role", "cp"))),
                                List.of(
                                        PolicyPort.Range.single(Protocol.TCP, 80),
                                        new PolicyPort.Range(Protocol.UDP, 1, 9),
                                        new PolicyPort.AnyPort(Protocol.SCTP),
                                        new PolicyPort.Named(null, "web"))))));
    }

    @Test
    void aNamespace() {
        assertThat(strict().namespace(document("metadata: {name: x, labels: {team: red}}")))
                .isEqualTo(new Namespace("x", Map.of("team", "red")));
    }

    @Test
    void C1_37_portsAreThoseOfAllContainersThatRunBesideEachOther() {
        PolicyPod pod = strict().pod(document("""
                metadata: {name: a, namespace: x, uid: u, labels: {app: web}}
                spec:
                  nodeName: n1
                  containers:
                  - ports: [{name: web, containerPort: 80}, {containerPort: 81}]
                  - ports: [{name: dns, containerPort: 53, protocol: UDP}]
                  initContainers:
                  - ports: [{name: setup, containerPort: 1}]
                  - {restartPolicy: Always, ports: [{name: proxy, containerPort: 15001}]}
                status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
                """));

        assertThat(pod)
                .isEqualTo(new PolicyPod(
                        new ObjectName("x", "a"),
                        "u",
                        Instant.EPOCH,
                        Map.of("app", "web"),
                        List.of(IpAddress.of("10.0.0.1"), IpAddress.of("fd00::1")),
                        false,
                        false,
                        Set.of(
                                new ContainerPort("web", Protocol.TCP, 80),
                                new ContainerPort("dns", Protocol.UDP, 53),
                                new ContainerPort("proxy", Protocol.TCP, 15001)),
                        "n1"));
    }

    @Test
    void C5_07_aPodThatHasEndedIsNotGoverned() {
        assertThat(strict().pod(document("{metadata: {name: a}, status: {phase: Succeeded}}"))
                        .governed())
                .isFalse();
        assertThat(strict().pod(document("{metadata: {name: a}, status: {phase: Running}}"))
                        .governed())
                .isTrue();
    }

    @Test
    void D2_17_aNodeHasEveryAddressOfItsStatus() {
        PolicyNode node = strict().node(document("""
                metadata: {name: n1, labels: {role: cp}}
                status:
                  addresses:
                  - {type: InternalIP, address: 192.168.0.1}
                  - {type: ExternalIP, address: "2001:db8::1"}
                  - {type: Hostname, address: n1}
                """));

        assertThat(node)
                .isEqualTo(new PolicyNode(
                        "n1", Map.of("role", "cp"), List.of(IpAddress.of("192.168.0.1"), IpAddress.of("2001:db8::1"))));
    }

    /// From a manifest each of these is refused; from an API server it stays as something that is not understood.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                from: [{ipBlock: {cidr: nonsense}}]      | from[0].ipBlock.cidr: "nonsense" is not a CIDR
                from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}] | from[0].ipBlock.except[0]: 11.0.0.0/8 is not a part of 10.0.0.0/8
                from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}] | from[0].ipBlock.except[0]: 10.0.0.0/8 is not a part of 10.0.0.0/8
                from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}] | from[0].ipBlock: cannot be together with selectors
                from: [{}]                               | from[0].podSelector: is missing
                from: [{moon: full}]                     | from[0].moon: is not a field that Culvert knows
                from: [{podSelector: {}, moon: full}]    | from[0].moon: is not a field that Culvert knows
                from: [{podSelector: {matchExpressions: [{key: a, operator: Near, values: [b]}]}}] | from[0].podSelector.matchExpressions[0].operator: "Near" is not an operator
                from: [{podSelector: {matchExpressions: [{key: a, operator: In}]}}] | from[0].podSelector.matchExpressions[0].values: is empty, which In cannot use
                ports: [{protocol: QUIC}]                | ports[0].protocol: "QUIC" is not a protocol
                ports: [{port: 90, endPort: 80}]         | ports[0].endPort: 80 is below port 90
                ports: [{port: web, endPort: 80}]        | ports[0].endPort: is not for a port with a name
                ports: [{port: 65536}]                   | ports[0].port: 65536 is not a port (1 to 65535)
                via: [{}]                                | via: is not a field that Culvert knows
                """)
    void C1_25_C1_42_aBadEntryOfARule(String rule, String message) {
        Value.Mapping document = document("metadata: {name: p}\nspec:\n  ingress:\n  - " + rule + "\n");

        assertThatThrownBy(() -> strict().networkPolicy(document))
                .isInstanceOfSatisfying(InvalidObjectException.class, e -> {
                    assertThat(e.reason()).isEqualTo("spec.ingress[0]." + message);
                    assertThat(e.position().line()).isEqualTo(4);
                });
        NetworkPolicyRule kept = lenient().networkPolicy(document).ingress().getFirst();
        assertThat(kept.peers().contains(new PolicyPeer.Unknown("spec.ingress[0]." + message))
                        || kept.ports().contains(new PolicyPort.Unknown("spec.ingress[0]." + message)))
                .isTrue();
        assertThat(badEntries).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                action: Shout, from: [{namespaces: {}}]              | action: "Shout" is not an action
                action: Accept, from: []                             | from: is empty
                action: Pass, from: [{networks: ["10.0.0.0/8"]}]     | from[0].networks: is not a field that Culvert knows
                action: Pass, from: [{namespaces: {}, pods: {}}]     | from[0].namespaces: must be there, or another kind of peer, and only one
                action: Pass, from: [{namespaces: {}}], if: {}       | if: is not a field that Culvert knows
                action: Pass, from: [{nodes: {}}]                    | from[0].nodes: is not a field that Culvert knows
                action: Pass, from: [{domainNames: [a.example]}]     | from[0].domainNames: is not a field that Culvert knows
                action: Pass, from: [{namespaces: {}}], protocols: [{icmp: {}}] | protocols[0].icmp: is not a field that Culvert knows
                action: Pass, from: [{namespaces: {}}], protocols: [{tcp: {}, udp: {}}] | protocols[0]: must have exactly one of tcp, udp, sctp and destinationNamedPort
                action: Pass, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}] | protocols[0].tcp.destinationPort.number: must be there, or range, and not both
                action: Pass, from: [{namespaces: {}}], protocols: [{udp: {destinationPort: {range: {start: 2, end: 1}}}}] | protocols[0].udp.destinationPort.range.end: 1 is below start 2
                action: Pass, from: [{namespaces: {}}], protocols: [{sctp: {destinationPort: {range: {start: 2}}}}] | protocols[0].sctp.destinationPort.range.end: is missing
                """)
    void C1_42_D1_07_D1_08_D1_10_D1_14_D1_15_aRuleOfAClusterNetworkPolicyThatIsNotUnderstood(
            String rule, String message) {
        Value.Mapping document = document("metadata: {name: p}\nspec:\n  tier: Admin\n  priority: 1\n"
                + "  subject: {namespaces: {}}\n  ingress:\n  - {" + rule + "}\n");

        assertThatThrownBy(() -> strict().clusterNetworkPolicy(document))
                .isInstanceOfSatisfying(
                        InvalidObjectException.class,
                        e -> assertThat(e.reason()).isEqualTo("spec.ingress[0]." + message));
        assertThat(lenient().clusterNetworkPolicy(document).ingress().getFirst().understood())
                .isFalse();
        assertThat(badEntries).hasSize(1);
    }

    private static Reader strict() {
        return new Reader(BadEntries.REFUSE);
    }

    private Reader lenient() {
        return new Reader(badEntries::add);
    }

    /// What policies need of an object comes after what Services need.
    private record Reader(BadEntries badEntries) {

        NetworkPolicy networkPolicy(Value.Mapping document) {
            return (NetworkPolicy) read(DocumentKind.NETWORK_POLICY, document);
        }

        ClusterNetworkPolicy clusterNetworkPolicy(Value.Mapping document) {
            return (ClusterNetworkPolicy) read(DocumentKind.CLUSTER_NETWORK_POLICY, document);
        }

        PolicyPod pod(Value.Mapping document) {
            return (PolicyPod) read(DocumentKind.POD, document);
        }

        PolicyNode node(Value.Mapping document) {
            return (PolicyNode) read(DocumentKind.NODE, document);
        }

        Namespace namespace(Value.Mapping document) {
            return (Namespace) read(DocumentKind.NAMESPACE, document);
        }

        private ClusterObject read(DocumentKind kind, Value.Mapping document) {
            return ((Decoded.Wanted) new ObjectDecoder(badEntries).decode(kind, document))
                    .objects()
                    .getLast();
        }
    }

    private static Value.Mapping document(String yaml) {
        return (Value.Mapping) YamlValues.read(yaml).getFirst();
    }

    private static LabelSelector labels(String key, String value) {
        return new LabelSelector(Map.of(key, value), List.of());
    }

    private static IpPrefix cidr(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }
}
