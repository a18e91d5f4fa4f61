// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyFlow;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Connections: who opened one decides which verdict holds, in both directions and for as long as it lasts.
@KernelTest
final class PolicyConnectionKernelTest extends PolicyPodsFixture {

    /// Isolated for ingress and egress; nothing is allowed unless a test says so.

    private void allowIngress() {
        pods.allow(PolicyPeerKey.identity(INGRESS, 9), 0, PolicyPods.END - 1);
    }

    private void allowEgress() {
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), 0, PolicyPods.END - 1);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C3_01_C3_02_repliesPassWhateverTheOtherDirectionSays(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        assertThat(pods.sends(talk.accepts())).as("nothing was asked yet").isEqualTo(DROP);
        assertThat(pods.receives(talk.opens())).isEqualTo(PASS);
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
        PolicyTalk back = new PolicyTalk(protocol, net.pod, 41000, net.remotePod, 80);
        assertThat(pods.sends(back.opens()))
                .as("the other direction stays closed")
                .isEqualTo(DROP);
        assertThat(pods.drops(DropReason.POLICY_DENIED)).isPositive();
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C3_01_repliesToWhatThePodOpenedPass(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowEgress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.remotePod);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.receives(talk.accepts())).isEqualTo(PASS);
        assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);
        assertThat(pods.receives(new PolicyTalk(protocol, net.remotePod, 80, net.pod, 41000).opens()))
                .isEqualTo(DROP);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C1_12_bothPodsOfANodeMustAllow(PolicyNet net, Protocol protocol) {
        isolate(net);
        pods.set(5, true);
        pods.pod(net.otherPod, 2, 5, 0);
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.otherPod);
        assertThat(pods.sends(talk.opens())).as("egress").isEqualTo(DROP);
        pods.allow(PolicyPeerKey.identity(EGRESS, 2), 0, PolicyPods.END - 1);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.receives(talk.opens())).as("ingress").isEqualTo(DROP);
        pods.allow(PolicyPeerKey.identity(5, 1), 0, PolicyPods.END - 1);
        assertThat(pods.receives(talk.opens())).isEqualTo(PASS);
        assertThat(pods.sends(talk.accepts()))
                .as("the target's answer at its pod")
                .isEqualTo(PASS);
        assertThat(pods.receives(talk.accepts())).as("and at the opener's").isEqualTo(PASS);
        PolicyFlow flow = pods.flow(talk).orElseThrow();
        assertThat(flow.egress().rule()).isEqualTo(EGRESS * 1000 + 3);
        assertThat(flow.ingress().rule()).isEqualTo(5003);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C3_04_C3_05_whatIsNoLongerAllowedIsCutAndComesBack(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.sends(talk.accepts());
        pods.receives(talk.asks());
        pods.forget(PolicyPeerKey.identity(INGRESS, 9));
        assertThat(pods.receives(talk.asks())).as("the same epoch").isEqualTo(PASS);
        pods.nextEpoch();
        assertThat(pods.receives(talk.asks())).isEqualTo(DROP);
        assertThat(pods.sends(talk.answers())).as("replies of what is cut").isEqualTo(DROP);
        assertThat(pods.receivesFromNode(talk.asks()))
                .as("not that the node sent it")
                .isEqualTo(PASS);
        allowIngress();
        assertThat(pods.receives(talk.asks())).as("allowed again").isEqualTo(PASS);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withHandshakes")
    void C3_05_connectionsMayBeKept(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.forget(PolicyPeerKey.identity(INGRESS, 9));
        pods.control(PolicyControl.KEEP_EXISTING);
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.receives(talk.opens())).as("a new one").isEqualTo(DROP);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withHandshakes")
    void C3_06_connectionsFromBeforeTheFirstPolicyGoOnIfItAllowsThem(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        assertThat(pods.sends(talk.answers())).as("the reply comes first").isEqualTo(PASS);
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.flow(talk).orElseThrow().ingress().rule()).isEqualTo(INGRESS * 1000 + 3);
        assertThat(pods.drops(DropReason.POLICY_MIDSTREAM)).isEqualTo(1);
        PolicyTalk other = PolicyTalk.of(protocol, net.outside, net.pod);
        assertThat(pods.sends(other.answers())).as("of nobody who is allowed").isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void C3_06_datagramsFromBeforeTheFirstPolicyGoOnOnceTheirOpenerSendsAgain(PolicyNet net) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(Protocol.UDP, net.remotePod, net.pod);
        assertThat(pods.sends(talk.answers()))
                .as("under way when the policy came")
                .isEqualTo(DROP);
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withHandshakes")
    void C3_08_aConnectionWhoseEntryWasLostGoesOnInEitherDirection(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowEgress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.remotePod);
        pods.sends(talk.opens());
        pods.receives(talk.accepts());
        pods.lose(talk);
        assertThat(pods.receives(talk.answers())).as("the answer comes first").isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_MIDSTREAM)).isEqualTo(1);
        assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_MIDSTREAM)).as("known by now").isEqualTo(1);
        assertThat(pods.flow(talk).orElseThrow().egress().rule()).isEqualTo(EGRESS * 1000 + 3);
        pods.lose(talk);
        assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_MIDSTREAM)).isEqualTo(2);
        pods.forget(PolicyPeerKey.identity(EGRESS, 9));
        pods.lose(talk);
        assertThat(pods.receives(talk.answers())).as("allowed in neither").isEqualTo(DROP);
        assertThat(pods.sends(talk.asks())).isEqualTo(DROP);
        assertThat(pods.drops(DropReason.POLICY_MIDSTREAM)).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C3_09_withoutStateNobodyAnswersAHandshake(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        allowEgress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.remotePod);
        boolean handshake = protocol != Protocol.UDP;
        assertThat(pods.receives(talk.accepts())).isEqualTo(handshake ? DROP : PASS);
        assertThat(pods.drops(DropReason.POLICY_NO_STATE)).isEqualTo(handshake ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withHandshakes")
    void C3_09_withoutStateAPacketIsJudgedByPolicies(PolicyNet net, Protocol protocol) {
        isolate(net);
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        assertThat(pods.receives(talk.asks())).isEqualTo(DROP);
        assertThat(pods.receives(talk.resets())).isEqualTo(DROP);
        allowIngress();
        assertThat(pods.receives(talk.resets())).isEqualTo(PASS);
        assertThat(pods.flow(talk)).as("a reset opens nothing").isEmpty();
        assertThat(pods.drops(DropReason.POLICY_MIDSTREAM)).isZero();
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_MIDSTREAM)).isEqualTo(1);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C3_10_theSamePortsOpenedByTheOtherEndAreAskedAboutAnew(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.sends(talk.accepts());
        pods.receives(talk.asks());
        int expected = protocol == Protocol.UDP ? PASS : DROP;
        assertThat(pods.sends(talk.reversed().opens())).isEqualTo(expected);
        assertThat(pods.receives(talk.asks())).as("the one before goes on").isEqualTo(PASS);
        allowEgress();
        assertThat(pods.sends(talk.reversed().opens())).isEqualTo(PASS);
        if (protocol != Protocol.UDP) {
            assertThat(pods.flow(talk).orElseThrow().egress().epoch()).isEqualTo(pods.epoch());
        }
    }

    /// 120 seconds after an answer, as settings are by default.
    @ParameterizedTest
    @EnumSource
    void C8_10_aUdpAnswerPassesAfter25IdleSecondsAndIsJudgedAnewAfter170(PolicyNet net) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(Protocol.UDP, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.age(talk, 25);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
        pods.age(talk, 170);
        assertThat(pods.sends(talk.answers()))
                .as("as if the pod began, which it may not")
                .isEqualTo(DROP);
        allowEgress();
        pods.age(talk, 170);
        assertThat(pods.sends(talk.answers())).as("which it may").isEqualTo(PASS);
        pods.forget(PolicyPeerKey.identity(EGRESS, 9));
        pods.lose(talk);
        assertThat(pods.sends(talk.answers())).isEqualTo(DROP);
        assertThat(pods.receives(talk.asks())).as("the opener sends again").isEqualTo(PASS);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void anExpiredConnectionIsAsGoodAsAbsent(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.age(talk, 59);
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        pods.receives(talk.asks());
        pods.age(talk, 119);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
        if (protocol != Protocol.UDP) {
            pods.age(talk, 80_000);
            assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
            pods.receives(talk.closes());
            pods.sends(talk.answersAndCloses());
            pods.forget(PolicyPeerKey.identity(INGRESS, 9));
            pods.age(talk, 11);
            assertThat(pods.sends(talk.answers())).isEqualTo(DROP);
        } else {
            pods.age(talk, 121);
            assertThat(pods.sends(talk.answers())).isEqualTo(DROP);
        }
    }
}
