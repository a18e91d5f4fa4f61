// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.PolicyFlow;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.Tables;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which TCP connections have a place of their own, and that nobody loses its connection to another one.
@KernelTest
final class PolicyPlaceKernelTest extends PolicyPodsFixture {

    private static final int PEER = 9;

    /// Whether places are free before a test.
    private boolean free() {
        return before != Before.CONNECTIONS_AT_EACH_PLACE;
    }

    private static void allowIngress(PolicyNet net) {
        isolate(net);
        pods.allow(PolicyPeerKey.identity(INGRESS, PEER), 0, PolicyPods.END - 1);
    }

    private static PolicyTalk talk(PolicyNet net) {
        return PolicyTalk.of(Protocol.TCP, net.remotePod, net.pod);
    }

    /// Another connection of the same pods, which has the same place.
    private static PolicyTalk rival(PolicyTalk talk) {
        return new PolicyTalk(
                talk.protocol(), talk.opener(), talk.openerPort() + 1, talk.target(), talk.targetPort() - 1);
    }

    private static void passes(PolicyTalk talk) {
        assertThat(pods.receives(talk.opens())).isEqualTo(PASS);
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
    }

    private static void passesWithoutAPlace(PolicyTalk talk) {
        passes(talk);

        assertThat(pods.flow(talk)).isPresent();
        assertThat(pods.connections.isPlaced(talk.key())).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aTcpConnectionHasItsOwnWhereThatIsFree(PolicyNet net) {
        allowIngress(net);
        passes(talk(net));

        assertThat(pods.connections.isPlaced(talk(net).key())).isEqualTo(free());
        assertThat(pods.tables.count(Tables.POLICY_FLOWS)).isEqualTo(free() ? 0 : 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"UDP", "SCTP"})
    void otherProtocolsHaveNone(Protocol protocol) {
        for (PolicyNet net : PolicyNet.values()) {
            allowIngress(net);
            passesWithoutAPlace(PolicyTalk.of(protocol, net.remotePod, net.pod));
        }
    }

    /// A place without ports is free.
    @ParameterizedTest
    @EnumSource
    void connectionsOfPort0HaveNone(PolicyNet net) {
        allowIngress(net);
        passesWithoutAPlace(new PolicyTalk(Protocol.TCP, net.remotePod, 0, net.pod, 256));
    }

    /// The ports of a place tell which end is which.
    @ParameterizedTest
    @EnumSource
    void connectionsOfEqualPortsHaveNone(PolicyNet net) {
        allowIngress(net);
        passesWithoutAPlace(new PolicyTalk(Protocol.TCP, net.remotePod, 256, net.pod, 256));
    }

    @ParameterizedTest
    @EnumSource
    void whoFindsItsPlaceTakenIsRememberedElsewhere(PolicyNet net) {
        allowIngress(net);
        PolicyTalk talk = talk(net);
        PolicyTalk rival = rival(talk);
        passes(talk);
        passes(rival);

        assertThat(pods.connections.isPlaced(talk.key())).isEqualTo(free());
        assertThat(pods.connections.isPlaced(rival.key())).isFalse();
        pods.receives(rival.closes());
        assertThat(pods.flow(rival).orElseThrow().state() & PolicyFlow.OPENER_CLOSED)
                .isNotZero();
        assertThat(pods.flow(talk).orElseThrow().state() & PolicyFlow.OPENER_CLOSED)
                .isZero();
    }

    /// What is not remembered is seen by a SYN-ACK: it answers nothing then.
    @ParameterizedTest
    @EnumSource
    void aPlaceIsGivenAwayWhenItsConnectionIsOverAndNotBefore(PolicyNet net) {
        allowIngress(net);
        PolicyTalk talk = talk(net);
        PolicyTalk rival = rival(talk);
        passes(talk);
        pods.receives(talk.closes());
        pods.sends(talk.answersAndCloses());
        pods.age(talk, 9);
        pods.receives(rival.opens());
        assertThat(pods.connections.isPlaced(rival.key())).isFalse();
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        pods.lose(rival);

        pods.age(talk, 11);
        pods.receives(rival.opens());

        assertThat(pods.connections.isPlaced(rival.key())).isEqualTo(free());
        assertThat(pods.sends(rival.accepts())).isEqualTo(PASS);
        assertThat(pods.sends(talk.accepts())).isEqualTo(DROP);
    }

    /// Two entries of one connection would contradict each other.
    @ParameterizedTest
    @EnumSource
    void aConnectionStaysWhereItIs(PolicyNet net) {
        allowIngress(net);
        PolicyTalk talk = talk(net);
        PolicyTalk rival = rival(talk);
        passes(talk);
        passes(rival);
        pods.lose(talk);

        passes(rival);

        assertThat(pods.connections.isPlaced(rival.key())).isFalse();
        assertThat(pods.connections.count()).isEqualTo(1);
    }

    /// The other end opens a connection with the same ends: of the first one nothing is left.
    @ParameterizedTest
    @EnumSource
    void whoOpensTheSameEndsHasThePlace(PolicyNet net) {
        allowIngress(net);
        pods.allow(PolicyPeerKey.identity(EGRESS, PEER), 0, PolicyPods.END - 1);
        PolicyTalk talk = talk(net);
        passes(talk);

        assertThat(pods.sends(talk.reversed().opens())).isEqualTo(PASS);

        assertThat(pods.connections.isPlaced(talk.key())).isEqualTo(free());
        assertThat(pods.connections.count()).isEqualTo(1);
        assertThat(pods.receives(talk.accepts())).as("of whom it was opened to").isEqualTo(PASS);
    }

    /// An agent of an earlier layout says nothing of when: such a connection is not over before it was seen.
    @ParameterizedTest
    @EnumSource
    void aConnectionThatWasTakenOverGoesOn(PolicyNet net) {
        allowIngress(net);
        PolicyTalk talk = talk(net);
        passes(talk);
        PolicyFlow flow = pods.flow(talk).orElseThrow();
        int closed = flow.state() | PolicyFlow.OPENER_CLOSED | PolicyFlow.TARGET_CLOSED;
        pods.connections.replace(talk.key(), new PolicyFlow(flow.egress(), flow.ingress(), closed, flow.mark(), 0));

        assertThat(pods.sends(talk.accepts()))
                .as("answers nothing, if it was over")
                .isEqualTo(PASS);

        assertThat(pods.flow(talk).orElseThrow().seen()).isNotZero();
    }
}
