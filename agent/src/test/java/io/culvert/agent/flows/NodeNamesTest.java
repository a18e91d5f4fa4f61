// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.policy.PublishedNumbers;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.PolicyName;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        return new NodeNames(() -> cluster, new NamedTables() {
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
                rules);
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
        frontends = List.of();
        names.servicesChanged();
        assertThat(names.frontend(clusterIp, 6)).isEmpty();
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

        assertThat(names.rule(5)).contains(new PolicyName("NetworkPolicy", "shop", "only"));
        assertThat(names.rule(6)).contains(new PolicyName("ClusterNetworkPolicy", "", "all"));
        assertThat(names.rule(7)).isEmpty();
        publish(300, WEB, Map.of());
        assertThat(names.rule(5)).contains(new PolicyName("NetworkPolicy", "shop", "only"));
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
