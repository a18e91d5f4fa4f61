// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.culvert.agent.policy.PublishedNumbers;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.observability.names.NodeLabel;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.PolicyName;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.RuleMatch;
import io.culvert.observability.names.ServiceName;
import io.culvert.policy.Identity;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.RuleId;
import io.culvert.policy.Stage;
import io.culvert.servicelb.LoadBalancer.NamedFrontend;
import io.culvert.servicelb.desired.ServicePortName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NodeNamesTest {

    private static final IpAddress WEB = IpAddress.of("10.1.0.3");
    private static final IpAddress NODE = IpAddress.of("192.0.2.1");
    private static final IpAddress OTHER_NODE = IpAddress.of("192.0.2.2");

    @TempDir
    private Path cgroups;

    private ClusterState cluster = ClusterState.EMPTY;
    private List<NamedFrontend> frontends = List.of();
    private PublishedNumbers published = PublishedNumbers.NOTHING;

    private NodeNames names() {
        return new NodeNames(new NodeLabel("default", "n1", "1"), () -> cluster, new NamedTables() {
            @Override
            public List<NamedFrontend> frontends() {
                return frontends;
            }

            @Override
            public Optional<PublishedNumbers> policies() {
                return Optional.of(published);
            }

            @Override
            public Path cgroupRoot() {
                return cgroups;
            }
        });
    }

    private static PolicyPod pod(String name, Map<String, String> labels, IpAddress address) {
        return new PolicyPod(
                new ObjectName("shop", name),
                "",
                Instant.EPOCH,
                labels,
                List.of(address),
                false,
                false,
                Set.of(),
                "n1");
    }

    private void setPods(NodeNames names, boolean everything, PolicyPod... pods) {
        PolicyState state = cluster.policies();
        for (ObjectName name : Set.copyOf(state.pods().keySet())) {
            state = state.withPods(state.pods().minus(name));
        }
        for (PolicyPod pod : pods) {
            state = state.withPods(state.pods().plus(pod.name(), pod));
        }
        Set<ObjectName> changed = new HashSet<>(cluster.policies().pods().keySet());
        changed.addAll(state.pods().keySet());
        cluster = cluster.withPolicies(state);
        PolicyChanges changes =
                everything ? PolicyChanges.EVERYTHING : new PolicyChanges(false, Map.of(ObjectKind.POD, changed));
        names.followPods(new ClusterUpdate(cluster, Set.of(), false, false, true, changes));
    }

    private void publish(int number, IpAddress address, Map<RuleId, Integer> rules) {
        Identity nobody = new Identity("", Map.of(), Map.of(), Set.of(), Set.of());
        Identity web = new Identity("shop", Map.of(), Map.of("app", "web"), Set.of(), Set.of());
        published = new PublishedNumbers(
                cluster.policies(),
                new PolicyPlan(
                        List.of(nobody, web),
                        Map.of(address, 1),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of()),
                Map.of(web, number),
                rules,
                7);
    }

    @Test
    void aPodHasItsLabelsAndTheNumberOfTheKernel() {
        NodeNames names = names();
        setPods(names, true, pod("web-1", Map.of("app", "web"), WEB));
        publish(300, WEB, Map.of());

        var party = names.party(WEB, 0);

        assertThat(party.namespace()).isEqualTo("shop");
        assertThat(party.pod()).isEqualTo("web-1");
        assertThat(party.identity()).isEqualTo(300);
        assertThat(party.labels()).containsExactly("k8s:app=web", "k8s:io.kubernetes.pod.namespace=shop");
        assertThat(names.party(WEB, 299).identity()).isEqualTo(299);
    }

    @Test
    void podsThatChangeAreFollowed() {
        NodeNames names = names();
        setPods(names, true, pod("web-1", Map.of("app", "web"), WEB));
        assertThat(names.party(WEB, 0).labels()).contains("k8s:app=web");

        setPods(names, false, pod("web-1", Map.of("app", "shop"), WEB));

        assertThat(names.party(WEB, 0).labels()).contains("k8s:app=shop").doesNotContain("k8s:app=web");
    }

    @Test
    void aPodThatWentIsKnownForAWhile() {
        NodeNames names = names();
        setPods(names, true, pod("web-1", Map.of(), WEB));

        setPods(names, false);

        assertThat(names.party(WEB, 0).pod()).isEqualTo("web-1");
    }

    @Test
    void ofTwoPodsTheOneIsMeantWhoseIdentityTheFlowTells() {
        NodeNames names = names();
        setPods(names, true, pod("web-1", Map.of("app", "web"), WEB));
        setPods(names, false, pod("db-1", Map.of("app", "db"), WEB));
        publish(301, WEB, Map.of());

        assertThat(names.party(WEB, 0).pod()).isEqualTo("db-1");
        assertThat(names.party(WEB, 301).pod()).isEqualTo("db-1");
        assertThat(names.party(WEB, 300).pod()).isEqualTo("web-1");
        assertThat(names.party(WEB, 300).identity()).isEqualTo(300);
    }

    @Test
    void whoIsNoPodIsANodeOrTheWorld() {
        NodeNames names = names();
        PolicyState state = cluster.policies();
        cluster = cluster.withPolicies(
                state.withNodes(state.nodes().plus("n2", new PolicyNode("n2", Map.of(), List.of(OTHER_NODE)))));
        names.network(List.of(NODE), Map.of(), Map.of());

        assertThat(names.party(NODE, 0)).isEqualTo(Reserved.HOST.party());
        assertThat(names.party(IpAddress.of("127.0.0.9"), 0)).isEqualTo(Reserved.HOST.party());
        assertThat(names.party(IpAddress.of("::1"), 0)).isEqualTo(Reserved.HOST.party());
        assertThat(names.party(OTHER_NODE, 0)).isEqualTo(Reserved.REMOTE_NODE.party());
        assertThat(names.party(IpAddress.of("198.51.100.1"), 0)).isEqualTo(Reserved.WORLD.party());
        assertThat(names.party(IpAddress.UNSPECIFIED, 0)).isEqualTo(Reserved.UNKNOWN.party());
    }

    @Test
    void servicesAreKnownByIndexByAddressAndByNodePort() {
        NodeNames names = names();
        IpPort clusterIp = new IpPort(IpAddress.of("10.96.0.10"), 80);
        ServicePortName web = new ServicePortName(new ObjectName("shop", "web"), "http", Protocol.TCP, IpFamily.IPV4);
        names.network(List.of(NODE), Map.of(), Map.of());
        assertThat(names.service(7)).isEmpty();

        frontends = List.of(
                new NamedFrontend(new FrontendKey(clusterIp.address(), 80, Protocol.TCP), 7, web),
                new NamedFrontend(FrontendKey.nodePort(IpFamily.IPV4, 30080, Protocol.TCP), 7, web));
        names.servicesChanged();

        assertThat(names.service(7)).contains(new ServiceName("shop", "web"));
        assertThat(names.frontend(clusterIp, 6)).contains(new ServiceName("shop", "web"));
        assertThat(names.frontend(clusterIp, 17)).isEmpty();
        assertThat(names.frontend(new IpPort(NODE, 30080), 6)).contains(new ServiceName("shop", "web"));
        assertThat(names.frontend(new IpPort(OTHER_NODE, 30080), 6)).isEmpty();
        assertThat(List.of(
                        names.hasFrontends(clusterIp.address()),
                        names.hasFrontends(NODE),
                        names.hasFrontends(OTHER_NODE)))
                .containsExactly(true, true, false);
        frontends = List.of();
        names.servicesChanged();
        assertThat(names.frontend(clusterIp, 6)).isEmpty();
        assertThat(names.hasFrontends(clusterIp.address())).isFalse();
        assertThat(names.service(7)).contains(new ServiceName("shop", "web"));
    }

    @Test
    void rulesAreOfTheirPolicies() {
        NodeNames names = names();
        publish(
                300,
                WEB,
                Map.of(
                        new RuleId(Stage.NETWORK_POLICY, new ObjectName("shop", "only"), Direction.INGRESS, 0),
                        5,
                        new RuleId(Stage.ADMIN, new ObjectName("", "all"), Direction.EGRESS, 2),
                        6));

        PolicyName only = new PolicyName("NetworkPolicy", "shop", "only");
        assertThat(names.rule(5).map(PolicyRule::policy)).contains(only);
        assertThat(names.rule(6).map(PolicyRule::policy)).contains(new PolicyName("ClusterNetworkPolicy", "", "all"));
        assertThat(names.rule(5).map(PolicyRule::revision)).contains(7L);
        assertThat(names.rule(7)).isEmpty();
        publish(300, WEB, Map.of());
        assertThat(names.rule(5).map(PolicyRule::policy)).contains(only);
    }

    static Stream<Arguments> rules() {
        PolicyPeer pods = new PolicyPeer.OwnNamespacePods(LabelSelector.EVERYTHING);
        PolicyPort tcp = new PolicyPort.AnyPort(Protocol.TCP);
        PolicyPort web = PolicyPort.Range.single(Protocol.TCP, 80);
        return Stream.of(
                arguments(List.of(), List.of(), RuleMatch.ALL),
                arguments(List.of(pods), List.of(), RuleMatch.PEER),
                arguments(List.of(pods), List.of(tcp, web), RuleMatch.PEER_AND_PORT),
                arguments(List.of(), List.of(web), RuleMatch.PORT),
                arguments(List.of(pods), List.of(tcp), RuleMatch.PEER_AND_PROTOCOL),
                arguments(List.of(), List.of(tcp), RuleMatch.PROTOCOL));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void whatARuleAsksAboutIsAsItIsWritten(List<PolicyPeer> peers, List<PolicyPort> ports, RuleMatch match) {
        ObjectName namespaced = new ObjectName("shop", "only");
        ObjectName ofCluster = new ObjectName("", "all");
        List<NetworkPolicyRule> rules =
                List.of(new NetworkPolicyRule(List.of(), List.of()), new NetworkPolicyRule(peers, ports));
        PolicyState state = cluster.policies();
        NetworkPolicy policy =
                new NetworkPolicy(namespaced, LabelSelector.EVERYTHING, Set.of(Direction.INGRESS), rules, List.of());
        cluster = cluster.withPolicies(
                state.withNetworkPolicies(state.networkPolicies().plus(namespaced, policy)));
        NodeNames names = names();
        publish(
                300,
                WEB,
                Map.of(
                        new RuleId(Stage.NETWORK_POLICY, namespaced, Direction.INGRESS, 1),
                        5,
                        new RuleId(Stage.ADMIN, ofCluster, Direction.EGRESS, 0),
                        6));

        assertThat(names.rule(5).map(PolicyRule::match)).contains(match);
        assertThat(names.rule(6).map(PolicyRule::match)).contains(RuleMatch.NONE);
    }

    @Test
    void aNodeHasTheLabelsOfItsObject() {
        NodeNames names = names();
        assertThat(names.nodeLabels()).isEmpty();

        setNode("n2", Map.of("zone", "b"));
        assertThat(names.nodeLabels()).isEmpty();
        setNode("n1", Map.of("zone", "a", "arch", "amd64"));
        assertThat(names.nodeLabels()).containsExactly("arch=amd64", "zone=a");
        setNode("n1", Map.of("zone", "c"));
        assertThat(names.nodeLabels()).containsExactly("zone=c");
    }

    private void setNode(String name, Map<String, String> labels) {
        PolicyState state = cluster.policies();
        PolicyNode node = new PolicyNode(name, labels, List.of());
        cluster = cluster.withPolicies(state.withNodes(state.nodes().plus(name, node)));
    }

    @Test
    void podsOfThisNodeHaveNumbersThatStay() {
        NodeNames names = names();
        ObjectName name = new ObjectName("shop", "web-1");
        PolicyPod first = pod("web-1", "uid-1", "n1");

        setPods(names, true, first);
        int number = names.party(WEB, 0).endpoint();

        assertThat(number).isEqualTo(EndpointId.of(name, "uid-1")).isBetween(1, (1 << 24) - 1);
        NodeNames restarted = names();
        setPods(restarted, true, first);
        assertThat(restarted.party(WEB, 0).endpoint()).isEqualTo(number);
        setPods(names, false, pod("web-1", "uid-2", "n1"));
        assertThat(names.party(WEB, 0).endpoint()).isPositive().isNotEqualTo(number);
        setPods(names, false, pod("web-1", "uid-1", "n2"));
        assertThat(names.party(WEB, 0).endpoint()).isZero();
    }

    private static PolicyPod pod(String name, String uid, String node) {
        return new PolicyPod(
                new ObjectName("shop", name), uid, Instant.EPOCH, Map.of(), List.of(WEB), false, false, Set.of(), node);
    }

    @Test
    void interfacesThatWentAreKnownForAWhile() {
        NodeNames names = names();
        names.network(List.of(), Map.of(42, "cali42"), Map.of(2, "eth0"));
        names.network(List.of(), Map.of(), Map.of(2, "eth0"));

        assertThat(names.networkInterface(2)).contains("eth0");
        assertThat(names.networkInterface(42)).contains("cali42");
        assertThat(names.networkInterface(43)).isEmpty();
    }
}
