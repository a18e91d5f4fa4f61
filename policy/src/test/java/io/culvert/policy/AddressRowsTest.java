// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.egress;
import static io.culvert.policy.Written.ingress;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.objectName;
import static io.culvert.policy.Written.pods;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.net.IpAddress;
import io.culvert.policy.Verdict.Reason;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows C2, C4 and C5, as far as they are decided before any packet: whose an address is.
class AddressRowsTest {

    private static final String NODE = "192.168.0.1";
    private static final String NODE6 = "fd00:9::1";

    private final TestCluster cluster = TestCluster.upstream().put(TestCluster.node("n1", "", NODE, NODE6));

    /// The block of an address alone.
    private static PolicyPeer only(String address) {
        return ipBlock(address + "/" + IpAddress.of(address).family().bits());
    }

    @Test
    void C2_01_C2_09_aBackendIsJudgedByItsOwnAddressAndNotByItsServices() {
        cluster.put(egress("x/p", "pod=a", allow().peers(ipBlock("10.96.0.10/32"), ipBlock("203.0.113.7/32"))));

        assertThat(cluster.egress("x/a", "y/a", "tcp/80")).as("a pod behind it").isFalse();
        assertThat(cluster.egress("x/a", "203.0.113.7", "tcp/80")).as("outside").isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {NODE, NODE6})
    void C2_06_C4_04_C2_05_aNodesAddressIsAllowedByBlocksAndByNothingElse(String node) {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces(""))));
        assertThat(cluster.ingress("x/a", node, "tcp/80")).isFalse();

        cluster.put(ingress("x/p", "pod=a", allow().peers(only(node))));
        assertThat(cluster.ingress("x/a", node, "tcp/80")).isTrue();
    }

    @Test
    void C2_12_C4_03_aPodMayTalkToItself() {
        cluster.put(ingress("x/in", ""), egress("x/out", ""));

        assertThat(cluster.verdict("x/a", Direction.EGRESS, "x/a", "tcp/80"))
                .isEqualTo(new Verdict(true, Reason.ITSELF, null));
        assertThat(cluster.ingress("x/a", "fd00::1:1", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "x/b", "tcp/80")).isFalse();
    }

    @Test
    void C2_14_whatIsAllowedDoesNotDependOnTheNode() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=b"), ipBlock("10.0.2.0/24", "10.0.2.2/32"))));
        PolicyInputs all = cluster.inputs();
        Set<ObjectName> one = Set.of(objectName("x/a"));
        PlanEvaluator alone = new PlanEvaluator(PolicyCompiler.compile(new PolicyInputs(
                all.namespaces(), all.pods(), all.nodes(), all.networkPolicies(), all.clusterNetworkPolicies(), one)));

        for (String peer : new String[] {"x/b", "x/c", "y/a", "y/b", "z/a"}) {
            IpAddress address = cluster.pod(peer).addresses().getFirst();
            assertThat(alone.verdict(objectName("x/a"), Direction.INGRESS, address, 6, 80))
                    .isEqualTo(cluster.verdict("x/a", Direction.INGRESS, peer, "tcp/80"));
        }
    }

    @ParameterizedTest
    @CsvSource({NODE + ",169.254.169.254,169.254.20.10", NODE6 + ",fd00:ec2::254,fe80::a"})
    void C4_05_C4_14_egressToTheNodeAndToLinkLocalAddressesIsSubjectToPolicy(
            String node, String metadata, String cache) {
        cluster.put(egress("x/p", "pod=a", allow().peers(only(cache))));

        assertThat(cluster.egress("x/a", node, "tcp/10250")).isFalse();
        assertThat(cluster.egress("x/a", metadata, "tcp/80")).isFalse();
        assertThat(cluster.egress("x/a", cache, "udp/53")).isTrue();
    }

    @Test
    void C4_06_aPolicyHasNoEffectOnPodsInTheNodesNetwork() {
        cluster.put(PodDraft.named("x/host").labels("pod=host").at(NODE).inHostNetwork());
        cluster.put(ingress("x/p", ""));

        assertThat(cluster.plan().localPods()).doesNotContainKey(objectName("x/host"));
        assertThat(cluster.plan().warnings())
                .containsExactly(new PolicyWarning(
                        objectName("x/p"), "selects 1 pods in this node's network, where it has no effect"));
    }

    @ParameterizedTest
    @ValueSource(strings = {NODE, NODE6})
    void C4_07_aSelectorDoesNotMeanPodsInTheNodesNetwork(String node) {
        cluster.put(PodDraft.named("x/host").labels("pod=host").at(node).inHostNetwork());
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=host"), namespaces(""))));

        assertThat(cluster.ingress("x/a", node, "tcp/80")).isFalse();
    }

    @Test
    void C4_08_aNodesAddressNeverHasAnIdentity() {
        cluster.put(PodDraft.named("x/host").at("192.168.0.2", "fd00:9::2").inHostNetwork());
        cluster.put(PodDraft.named("y/liar").at(NODE, NODE6, "192.168.0.2", "fd00:9::2", "10.0.9.9", "fd00::9:9"));

        assertThat(cluster.plan().ipcache())
                .doesNotContainKeys(
                        IpAddress.of(NODE), IpAddress.of(NODE6), IpAddress.of("192.168.0.2"), IpAddress.of("fd00:9::2"))
                .containsKeys(IpAddress.of("10.0.9.9"), IpAddress.of("fd00::9:9"));
    }

    @Test
    void C5_07_aPodThatHasEndedIsNeitherSubjectNorPeer() {
        cluster.put(cluster.draft("x/b").finished());
        cluster.put(ingress("x/p", "", allow().peers(pods("pod=b"))));

        assertThat(cluster.ingress("x/a", "10.0.1.2", "tcp/80")).isFalse();
        assertThat(cluster.plan().localPods()).doesNotContainKey(objectName("x/b"));
    }

    @Test
    void C5_07_anAddressIsThatOfTheRunningPod() {
        cluster.put(cluster.draft("x/b").created(9).finished());
        cluster.put(PodDraft.named("y/new").labels("pod=new").at("10.0.1.2").created(1));
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=b"))));
        assertThat(cluster.ingress("x/a", "10.0.1.2", "tcp/80")).isFalse();

        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("", "pod=new"))));
        assertThat(cluster.ingress("x/a", "10.0.1.2", "tcp/80")).isTrue();
    }

    @Test
    void C5_09_anAddressIsThatOfTheLastPodThatWasGivenIt() {
        cluster.put(PodDraft.named("y/new").labels("pod=new").at("10.0.1.2").created(1));
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=b"))));

        assertThat(cluster.ingress("x/a", "10.0.1.2", "tcp/80")).isFalse();
    }

    @Test
    void C5_10_aPodWithoutAddressIsASubjectAndNoPeer() {
        cluster.put(PodDraft.named("x/new").labels("pod=new"));
        cluster.put(ingress("x/p", "pod=new"));

        assertThat(cluster.ingress("x/new", "10.0.1.1", "tcp/80")).isFalse();
    }

    @Test
    void C5_11_bothAddressesOfAPodHaveItsIdentity() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=b"))));

        assertThat(cluster.ingress("x/a", "10.0.1.2", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "fd00::1:2", "tcp/80")).isTrue();
        assertThat(cluster.plan().ipcache().get(IpAddress.of("10.0.1.2")))
                .isEqualTo(cluster.plan().ipcache().get(IpAddress.of("fd00::1:2")));
    }
}
