// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.egress;
import static io.culvert.policy.Written.ingress;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.named;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.objectName;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is shared, and what is left out.
class PolicyPlanTest {

    private final TestCluster cluster = TestCluster.upstream();

    @Test
    void podsWithTheSamePoliciesShareASet() {
        cluster.put(ingress("x/p", "", allow().peers(pods("pod=b"))));
        int set = local("x/a").ingressSet();

        assertThat(set).isPositive();
        assertThat(local("x/b").ingressSet()).isEqualTo(set);
        assertThat(local("x/a").egressSet()).isZero();
        assertThat(cluster.plan().sets()).hasSize(2);
    }

    @Test
    void podsThatResolveANamedPortDifferentlyDoNot() {
        cluster.put(cluster.draft("x/a").port("web", 8080));
        cluster.put(cluster.draft("x/b").port("web", 8080).port("other", 1));
        cluster.put(cluster.draft("x/c").port("web", 9090));
        cluster.put(ingress("x/p", "", allow().ports(named(Protocol.TCP, "web"))));

        assertThat(local("x/a").ingressSet()).isEqualTo(local("x/b").ingressSet());
        assertThat(local("x/a").ingressSet()).isNotEqualTo(local("x/c").ingressSet());
    }

    @Test
    void equalTablesAreStoredOnce() {
        cluster.put(
                ingress("x/p", "", allow().peers(pods("pod=b")).ports(tcp(80))),
                ingress("y/p", "", allow().peers(ipBlock("10.0.0.0/8")).ports(tcp(80))));

        assertThat(cluster.plan().sets()).hasSize(3);
        assertThat(cluster.plan().tables()).hasSize(2);
    }

    @Test
    void identitiesHaveOnlyTheLabelsThatAPeerAsksFor() {
        cluster.put(cluster.draft("x/a").labels("pod=a,hash=1"));
        cluster.put(cluster.draft("x/b").labels("pod=b,hash=2"));
        cluster.put(ingress("x/p", "pod=c", allow().peers(pods("tier=web"))));
        assertThat(identity("10.0.1.1")).isEqualTo(identity("10.0.1.2"));

        cluster.put(ingress("x/q", "pod=c", allow().peers(pods("ns=y", "pod=b"))));
        assertThat(identity("10.0.1.1").podLabels()).isEqualTo(Map.of("pod", "a"));
        assertThat(identity("10.0.1.1").namespaceLabels()).isEqualTo(Map.of("ns", "x"));
    }

    @Test
    void identitiesHaveOnlyThePortsThatAnEgressRuleNames() {
        cluster.put(ingress("y/p", "", allow().ports(named(Protocol.TCP, "serve-81-tcp"))));
        cluster.put(egress("x/p", "", allow().ports(named(Protocol.TCP, "serve-80-tcp"))));

        assertThat(identity("10.0.1.1").ports()).extracting(port -> port.name()).containsExactly("serve-80-tcp");
    }

    @Test
    void aRuleWithoutPeersMakesOneTableForAll() {
        cluster.put(ingress("x/p", "", allow(), allow().peers(namespaces(""), ipBlock("10.0.0.0/8"))));

        PolicySet set = cluster.plan().sets().get(local("x/a").ingressSet());
        assertThat(cluster.plan().tables().get(set.anyTable()).steps()).hasSize(1);
    }

    @Test
    void inThe16BytesOfTheDatapathIpv4LiesBelowIpv6sBlocksAndHasAnEntryOfItsOwn() {
        cluster.put(ingress("x/p", "", allow().peers(ipBlock("::/0"))));

        assertThat(cluster.plan().cidrs())
                .containsExactly(
                        new CidrEntry(IpAddress.UNSPECIFIED, 0, 1), new CidrEntry(IpAddress.of("0.0.0.0"), 96, 0));
    }

    @Test
    void blocksWithTheSamePeersAreOneClass() {
        cluster.put(ingress(
                "x/p", "", allow().peers(ipBlock("10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"), ipBlock("10.1.1.0/24"))));

        assertThat(cluster.plan().cidrs()).extracting(CidrEntry::cidrClass).containsExactly(1, 0, 2, 0);
    }

    @Test
    void aTableChangesExactlyWhereARuleBeginsOrEnds() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(tcp(80, 90)), allow().ports(tcp(85, 86))));

        PolicySet set = cluster.plan().sets().get(local("x/a").ingressSet());
        Cell first = new Cell(null, 0, null);
        assertThat(cluster.plan().tables().get(set.anyTable()).steps())
                .containsExactly(
                        new PortTable.Step(0, Cell.NOTHING),
                        new PortTable.Step(80, first),
                        new PortTable.Step(91, Cell.NOTHING));
    }

    private LocalPod local(String pod) {
        return Objects.requireNonNull(cluster.plan().localPods().get(objectName(pod)));
    }

    private Identity identity(String address) {
        return cluster.plan().identities().get(cluster.plan().ipcache().getOrDefault(IpAddress.of(address), 0));
    }
}
