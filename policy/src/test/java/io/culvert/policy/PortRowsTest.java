// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.any;
import static io.culvert.policy.Written.egress;
import static io.culvert.policy.Written.ingress;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.named;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.port;
import static io.culvert.policy.Written.tcp;
import static io.culvert.policy.Written.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.Protocol;
import org.junit.jupiter.api.Test;

/// Rows C1-27 to C1-41: ports, ranges, names.
class PortRowsTest {

    private static final String OUTSIDE = "203.0.113.7";

    private final TestCluster cluster = TestCluster.upstream();

    @Test
    void C1_28_aProtocolWithoutPortMeansAllOfItsPorts() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(any(Protocol.UDP))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "udp/0")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "udp/65535")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/65535")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "sctp/0")).isFalse();
    }

    @Test
    void C1_29_aNumberIsThePortThatTheDestinationPodSees() {
        cluster.put(egress("x/p", "pod=a", allow().ports(tcp(8080))));

        assertThat(cluster.egress("x/a", "y/a", "tcp/8080")).as("target port").isTrue();
        assertThat(cluster.egress("x/a", "y/a", "tcp/80")).as("Service port").isFalse();
    }

    @Test
    void C1_30_aRangeIncludesBothEnds() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(tcp(80, 90))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/79")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/90")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/91")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "udp/85")).isFalse();
    }

    @Test
    void C1_31_theWidestRangeAndTheNarrowest() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(tcp(1, 65535))));
        cluster.put(ingress("x/q", "pod=b", allow().ports(tcp(80, 80))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/0")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/1")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/65535")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "udp/0")).isFalse();
        assertThat(cluster.ingress("x/b", OUTSIDE, "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/b", OUTSIDE, "tcp/81")).isFalse();
    }

    @Test
    void overlappingRangesOfOneRuleAreOne() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(tcp(80, 90), tcp(85, 95), tcp(96), tcp(80))));

        for (int port : new int[] {80, 85, 90, 91, 95, 96}) {
            assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/" + port)).isTrue();
        }
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/97")).isFalse();
    }

    @Test
    void C1_32_C1_39_aNameOfIngressIsThePortOfEachPodThatIsSelected() {
        cluster.put(cluster.draft("x/a").port("web", 8080));
        cluster.put(cluster.draft("x/b").port("web", 9090));
        cluster.put(ingress("x/p", "", allow().ports(named(Protocol.TCP, "web"))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/8080")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/9090")).isFalse();
        assertThat(cluster.ingress("x/b", OUTSIDE, "tcp/9090")).isTrue();
        assertThat(cluster.ingress("x/b", OUTSIDE, "tcp/8080")).isFalse();
    }

    @Test
    void C1_33_aNameOfEgressIsThePortOfEachDestination() {
        cluster.put(cluster.draft("y/a").port("web", 8080));
        cluster.put(cluster.draft("y/b").port("web", 9090));
        cluster.put(egress("x/p", "pod=a", allow().peers(namespaces("ns=y")).ports(named(Protocol.TCP, "web"))));

        assertThat(cluster.egress("x/a", "y/a", "tcp/8080")).isTrue();
        assertThat(cluster.egress("x/a", "y/a", "tcp/9090")).isFalse();
        assertThat(cluster.egress("x/a", "y/b", "tcp/9090")).isTrue();
        assertThat(cluster.egress("x/a", "y/b", "tcp/8080")).isFalse();
        assertThat(cluster.egress("x/a", "y/c", "tcp/8080")).isFalse();
    }

    @Test
    void C1_34_aNameOfEgressWithoutPeersMeansEveryPodThatHasItAndNobodyElse() {
        cluster.put(cluster.draft("z/c").port("web", 8080));
        cluster.put(egress("x/p", "pod=a", allow().ports(named(Protocol.TCP, "web"), udp(53))));

        assertThat(cluster.egress("x/a", "z/c", "tcp/8080")).isTrue();
        assertThat(cluster.egress("x/a", "z/b", "tcp/8080")).isFalse();
        assertThat(cluster.egress("x/a", OUTSIDE, "tcp/8080")).isFalse();
        assertThat(cluster.egress("x/a", "z/c", "udp/53")).isTrue();
        assertThat(cluster.egress("x/a", OUTSIDE, "udp/53")).isTrue();
    }

    @Test
    void C1_35_aNameOfEgressToABlockMeansPodsInItThatHaveIt() {
        cluster.put(cluster.draft("y/a").port("web", 8080));
        cluster.put(cluster.draft("z/a").port("web", 8080));
        cluster.put(egress(
                "x/p",
                "pod=a",
                allow().peers(ipBlock("10.0.2.0/24"), ipBlock("203.0.113.0/24")).ports(named(Protocol.TCP, "web"))));

        assertThat(cluster.egress("x/a", "y/a", "tcp/8080")).isTrue();
        assertThat(cluster.egress("x/a", "y/b", "tcp/8080"))
                .as("has no such port")
                .isFalse();
        assertThat(cluster.egress("x/a", "z/a", "tcp/8080"))
                .as("outside of the block")
                .isFalse();
        assertThat(cluster.egress("x/a", "fd00::2:1", "tcp/8080"))
                .as("its other address")
                .isFalse();
        assertThat(cluster.egress("x/a", OUTSIDE, "tcp/8080")).as("is no pod").isFalse();
    }

    @Test
    void C1_36_aNameThatThePodHasNotOrForAnotherProtocolMatchesNothing() {
        cluster.put(cluster.draft("x/a").port("dns", Protocol.UDP, 53));
        cluster.put(ingress("x/p", "pod=a", allow().ports(named(Protocol.TCP, "dns"), named(Protocol.TCP, "none"))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/53")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "udp/53")).isFalse();
    }

    @Test
    void C1_38_aNameWithTwoNumbersMeansBoth() {
        cluster.put(cluster.draft("x/a").port("web", 8080).port("web", 9090));
        cluster.put(ingress("x/p", "pod=a", allow().ports(named(Protocol.TCP, "web"))));
        cluster.put(egress("y/p", "pod=a", allow().ports(named(Protocol.TCP, "web"))));

        for (String traffic : new String[] {"tcp/8080", "tcp/9090"}) {
            assertThat(cluster.ingress("x/a", OUTSIDE, traffic)).isTrue();
            assertThat(cluster.egress("y/a", "x/a", traffic)).isTrue();
        }
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/8081")).isFalse();
    }

    @Test
    void C1_40_sctpIsItsOwnProtocol() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(port(Protocol.SCTP, 9003))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "sctp/9003")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/9003")).isFalse();
    }

    @Test
    void C1_41_aRuleForUdpIsNoneForTcp() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(udp(80))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "udp/80")).isTrue();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isFalse();
    }
}
