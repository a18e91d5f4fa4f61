// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyStep;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The stages of a verdict, at both kinds of pods: admin tier, NetworkPolicies, baseline.
@KernelTest
final class PolicyVerdictKernelTest extends PolicyPodsFixture {

    private static final int SET = 3;

    private int verdict(PolicyNet net, boolean egress) {
        pods.pod(net.pod, 1, egress ? 0 : SET, egress ? SET : 0);
        pods.identity(net.remotePod, 9);
        return egress
                ? pods.sends(PolicyTalk.of(Protocol.TCP, net.pod, net.remotePod).opens())
                : pods.receives(
                        PolicyTalk.of(Protocol.TCP, net.remotePod, net.pod).opens());
    }

    /// An empty stage is written `-`.
    @ParameterizedTest
    @CsvSource({
        "C1-01 D2-08, false, -, -, -, pass",
        "C1-02 C1-06, true, -, -, -, drop",
        "C1-07 D2-05, true, -, allow, -, pass",
        "D2-02, true, ACCEPT, -, DENY, pass",
        "D2-03, true, DENY, allow, ACCEPT, drop",
        "D2-04, true, PASS, allow, DENY, pass",
        "D2-04, true, PASS, -, ACCEPT, drop",
        "D2-06, true, -, -, ACCEPT, drop",
        "D2-06, true, -, allow, DENY, pass",
        "D2-07, false, -, -, DENY, drop",
        "D2-07, false, -, -, ACCEPT, pass",
        "D2-07, false, PASS, -, DENY, drop",
        "D2-07 D2-08, false, -, -, PASS, pass"
    })
    void C1_01_C1_02_C1_06_C1_07_D2_02_D2_03_D2_04_D2_05_D2_06_D2_07_D2_08_stagesInTheirOrder(
            String row, boolean isolated, String admin, String allow, String baseline, String expected) {
        pods.set(SET, isolated);
        pods.cell(
                PolicyPeerKey.identity(SET, 9),
                ranked(admin),
                allow.equals("-") ? PolicyStep.NONE : 0,
                ranked(baseline));
        for (PolicyNet net : PolicyNet.values()) {
            for (boolean egress : new boolean[] {true, false}) {
                assertThat(verdict(net, egress))
                        .as(row + " " + net + (egress ? " egress" : " ingress"))
                        .isEqualTo(expected.equals("pass") ? PASS : DROP);
            }
        }
    }

    private static int ranked(String action) {
        return switch (action) {
            case "ACCEPT" -> PolicyStep.ranked(0, PolicyStep.ACCEPT);
            case "DENY" -> PolicyStep.ranked(0, PolicyStep.DENY);
            case "PASS" -> PolicyStep.ranked(0, PolicyStep.PASS);
            default -> PolicyStep.NONE;
        };
    }

    @ParameterizedTest
    @EnumSource
    void D2_01_ofARuleByIdentityAndOneByAddressTheFirstDecides(PolicyNet net) {
        pods.set(SET, true);
        pods.cidrClass(net == PolicyNet.V4 ? "10.1.0.0/16" : "fd00:1::/32", 5);
        int none = PolicyStep.NONE;
        pods.cell(PolicyPeerKey.identity(SET, 9), PolicyStep.ranked(1, PolicyStep.ACCEPT), none, none);
        pods.cell(PolicyPeerKey.cidrClass(SET, 5), PolicyStep.ranked(0, PolicyStep.DENY), none, none);
        assertThat(verdict(net, true)).isEqualTo(DROP);
        assertThat(pods.drops(DropReason.POLICY_DENY)).isEqualTo(1);
        pods.cell(PolicyPeerKey.cidrClass(SET, 5), PolicyStep.ranked(2, PolicyStep.DENY), none, none);
        assertThat(verdict(net, true)).isEqualTo(PASS);
    }

    @ParameterizedTest
    @EnumSource
    void D2_11_aNewDenyCutsWhatIsEstablished(PolicyNet net) {
        pods.set(SET, false);
        pods.pod(net.pod, 1, SET, 0);
        pods.identity(net.remotePod, 9);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.sends(talk.accepts());
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        pods.admin(PolicyPeerKey.identity(SET, 9), PolicyStep.DENY);
        pods.nextEpoch();
        assertThat(pods.receives(talk.asks())).isEqualTo(DROP);
        assertThat(pods.sends(talk.answers())).isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void C1_22_C1_24_blocksMatchPodsAndTheirOwnFamilyOnly(PolicyNet net) {
        pods.set(SET, true);
        pods.cidrClass("0.0.0.0/0", 5);
        pods.allow(PolicyPeerKey.cidrClass(SET, 5), 0, PolicyPods.END - 1);
        assertThat(verdict(net, true)).isEqualTo(net == PolicyNet.V4 ? PASS : DROP);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C1_28_C1_30_C1_40_C1_41_portsAreThoseOfOneProtocol(PolicyNet net, Protocol protocol) {
        pods.set(SET, true);
        pods.pod(net.pod, 1, SET, 0);
        pods.identity(net.remotePod, 9);
        int first = switch (protocol) {
            case TCP -> 0;
            case UDP -> 1 << 16;
            case SCTP -> 2 << 16;
        };
        pods.allow(PolicyPeerKey.identity(SET, 9), first + 80, first + 82);
        for (Protocol other : Protocol.values()) {
            for (int port : new int[] {79, 80, 82, 83}) {
                boolean allowed = other == protocol && port >= 80 && port <= 82;
                assertThat(pods.receives(PolicyTalk.of(other, net.remotePod, net.pod)
                                .toPort(port)
                                .opens()))
                        .as(other + " " + port)
                        .isEqualTo(allowed ? PASS : DROP);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSetThatIsNotThereDenies(PolicyNet net) {
        assertThat(verdict(net, true)).isEqualTo(DROP);
        assertThat(verdict(net, false)).isEqualTo(DROP);
    }
}
