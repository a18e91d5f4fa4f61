// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyFlow;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The short way of packets that policies let pass a moment ago and that no flow translates.
@KernelTest
final class PolicySettledKernelTest extends PolicyPodsFixture {

    private static final int BACKEND_PORT = 8080;

    private void allow(PolicyNet net) {
        isolate(net);
        pods.pod(net.otherPod, 2, 0, 0);
        pods.allow(PolicyPeerKey.identity(EGRESS, 2), 0, PolicyPods.END - 1);
        pods.allow(PolicyPeerKey.identity(INGRESS, 2), 0, PolicyPods.END - 1);
    }

    private void opens(PolicyTalk talk) {
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.receives(talk.accepts())).isEqualTo(PASS);
    }

    @ParameterizedTest
    @EnumSource
    void eachOfItsPacketsIsCountedByItsRule(PolicyNet net) {
        allow(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.otherPod);
        opens(talk);
        int rule = pods.flow(talk).orElseThrow().egress().rule();
        long before = pods.counted(rule).packets();

        for (int packet = 0; packet < 10; packet++) {
            assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
        }

        assertThat(pods.counted(rule).packets() - before).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatAFlowTranslatesIsNot(PolicyNet net) {
        allow(net);
        pods.node.tables.service(Protocol.TCP, net.service, 80, PolicyNet.end(net.otherPod, BACKEND_PORT));
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.service);
        PolicyTalk behind = new PolicyTalk(Protocol.TCP, net.pod, 40000, net.otherPod, BACKEND_PORT);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.receives(behind.accepts())).isEqualTo(PASS);

        for (int packet = 0; packet < 3; packet++) {
            assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
            assertThatPacket(pods.packet()).hasDestination(net.otherPod, BACKEND_PORT);
            assertThat(pods.receives(behind.answers())).isEqualTo(PASS);
            assertThatPacket(pods.packet()).hasSource(net.service, 80);
        }

        assertThat(pods.flow(behind).orElseThrow().mark()).isZero();
    }

    /// The client comes from the same port, first to the pod itself, then to a Service that leads to it.
    @ParameterizedTest
    @EnumSource
    void oneThatAFlowTranslatesIsNotTakenForTheOneBefore(PolicyNet net) {
        allow(net);
        PolicyTalk behind = new PolicyTalk(Protocol.TCP, net.pod, 40000, net.otherPod, BACKEND_PORT);
        opens(behind);
        assertThat(pods.receives(behind.answers())).isEqualTo(PASS);
        assertThat(pods.flow(behind).orElseThrow().mark()).isNotZero();
        pods.node.tables.service(Protocol.TCP, net.service, 80, PolicyNet.end(net.otherPod, BACKEND_PORT));
        assertThat(pods.receives(behind.answers())).isEqualTo(PASS);

        assertThat(pods.sends(PolicyTalk.of(Protocol.TCP, net.pod, net.service).opens()))
                .isEqualTo(PASS);
        assertThat(pods.receives(behind.answers())).isEqualTo(PASS);

        assertThatPacket(pods.packet()).hasSource(net.service, 80);
    }

    /// The same, of packets that are not remembered by the processor: what ends a connection.
    @ParameterizedTest
    @EnumSource
    void theEndOfWhatAFlowTranslatesIsNotTakenForThatOfTheOneBefore(PolicyNet net) {
        allow(net);
        pods.node.tables.service(Protocol.TCP, net.service, 80, PolicyNet.end(net.otherPod, BACKEND_PORT));
        PolicyTalk behind = new PolicyTalk(Protocol.TCP, net.pod, 40000, net.otherPod, BACKEND_PORT);
        opens(behind);
        assertThat(pods.sends(behind.asks())).isEqualTo(PASS);
        assertThat(pods.flow(behind).orElseThrow().mark()).isNotZero();

        assertThat(pods.sends(PolicyTalk.of(Protocol.TCP, net.pod, net.service).opens()))
                .isEqualTo(PASS);
        assertThat(pods.receives(behind.answersAndCloses())).isEqualTo(PASS);

        assertThatPacket(pods.packet()).hasSource(net.service, 80);
    }

    /// From the answer on nothing looks for a flow: one that is put there behind the programs' back is not found.
    @ParameterizedTest
    @EnumSource
    void aConnectionToAPodIsNotLookedForInFlowsOnceItHasBegun(PolicyNet net) {
        allow(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.otherPod);
        opens(talk);
        assertThat(pods.flow(talk).orElseThrow().mark()).isNotZero();
        forgeReply(net, talk);

        for (byte[] packet : List.of(talk.accepts(), talk.answers(), talk.answersAndCloses())) {
            assertThat(pods.receives(packet)).isEqualTo(PASS);
            assertThatPacket(pods.packet()).hasSource(net.otherPod, talk.targetPort());
            pods.forgetRecent();
        }
        pods.nextEpoch();
        pods.openedNone();
        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).as("no connection was ever opened").hasSource(net.otherPod, talk.targetPort());
        pods.openedSome();
        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).as("some were").hasSource(net.service, 80);
    }

    private static void forgeReply(PolicyNet net, PolicyTalk talk) {
        IpPort client = new IpPort(IpAddress.of(talk.opener()), talk.openerPort());
        long now = System.nanoTime();
        Flow reply = new Flow(
                talk.protocol(),
                FlowRole.REPLY,
                client,
                new IpPort(IpAddress.of(net.service), 80),
                new IpPort(IpAddress.of(talk.target()), talk.targetPort()),
                client,
                new IpPort(IpAddress.UNSPECIFIED, 0),
                0,
                0,
                now,
                now,
                0,
                0,
                0,
                0);
        pods.tables.put(Tables.FLOWS, reply.key(), reply);
    }

    /// What the short way notes of a connection is what the long one does.
    @ParameterizedTest
    @EnumSource
    void howFarAConnectionIsIsNotedOnTheShortWay(PolicyNet net) {
        allow(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.otherPod, net.pod);
        pods.receives(talk.opens());
        int opened = pods.flow(talk).orElseThrow().state();
        int rule = pods.flow(talk).orElseThrow().ingress().rule();
        long before = pods.counted(rule).packets();

        pods.sends(talk.accepts());
        assertThat(pods.flow(talk).orElseThrow().state()).isEqualTo(opened);
        pods.receives(talk.asks());
        assertThat(pods.flow(talk).orElseThrow().state()).isEqualTo(opened | PolicyFlow.ESTABLISHED);
        pods.receives(talk.closes());
        assertThat(pods.flow(talk).orElseThrow().state())
                .isEqualTo(opened | PolicyFlow.ESTABLISHED | PolicyFlow.OPENER_CLOSED);
        pods.sends(talk.reversed().resets());
        assertThat(pods.flow(talk).orElseThrow().state())
                .isEqualTo(opened | PolicyFlow.ESTABLISHED | PolicyFlow.OPENER_CLOSED | PolicyFlow.RESET);
        assertThat(pods.counted(rule).packets() - before).as("of the opener").isEqualTo(2);
    }

    /// A connection whose pods are to be asked again does not go the short way.
    @ParameterizedTest
    @EnumSource
    void whatPoliciesDenyNowIsDroppedThoughItPassedTheShortWay(PolicyNet net) {
        allow(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.otherPod, net.pod);
        pods.receives(talk.opens());
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);

        pods.forget(PolicyPeerKey.identity(INGRESS, 2));
        assertThat(pods.receives(talk.asks())).as("at the epoch that allows it").isEqualTo(PASS);
        pods.nextEpoch();

        assertThat(pods.receives(talk.asks())).isEqualTo(DROP);
        assertThat(pods.receives(talk.closes())).isEqualTo(DROP);
        assertThat(pods.sends(talk.answers())).isEqualTo(DROP);
    }

    /// Between a pod with policies and one of the same node without: the connection is remembered for the former alone.
    @ParameterizedTest
    @EnumSource
    void thePacketsOfAPodWithoutPoliciesGoTheShortWayToo(PolicyNet net) {
        allow(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.otherPod, net.pod);
        for (byte[] packet : List.of(talk.opens(), talk.asks())) {
            assertThat(pods.sends(packet)).isEqualTo(PASS);
            assertThat(pods.receives(packet)).isEqualTo(PASS);
        }
        assertThat(pods.sends(talk.answers())).isEqualTo(PASS);
        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);

        pods.shortWayAlone();

        assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);
        pods.forgetRecent();
        assertThat(pods.sends(talk.asks())).as("the long way").isNotEqualTo(PASS);
        assertThat(pods.receives(talk.answers())).as("the long way").isNotEqualTo(PASS);
    }

    /// Where no policy selects a pod, the programs of policies are not asked, though the identities of pods are
    /// published.
    @ParameterizedTest
    @EnumSource
    void nothingIsLookedUpWhereNothingIsEnforced(PolicyNet net) {
        pods.openedSome();
        allow(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.otherPod);
        opens(talk);
        forgeReply(net, talk);
        pods.tables.put(Tables.POLICY_CONTROL, 0, new PolicyControl(pods.epoch(), 0));

        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);

        assertThatPacket(pods.packet()).as("the long way").hasSource(net.service, 80);
    }

    /// Who gives all its pods' sockets a backend translates no packet, so that none is looked for in `flows`.
    @ParameterizedTest
    @EnumSource
    void flowsAreNotLookedUpWhereNoneWasEverOpened(PolicyNet net) {
        pods.openedNone();
        pods.tables.put(Tables.POLICY_CONTROL, 0, new PolicyControl(0, 0));
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.otherPod);
        forgeReply(net, talk);

        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).as("not looked up").hasSource(net.otherPod, talk.targetPort());
        pods.openedSome();
        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).as("looked up").hasSource(net.service, 80);
    }
}
