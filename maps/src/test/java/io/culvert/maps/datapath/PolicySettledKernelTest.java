// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.PolicyFlow;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyRecent;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
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
    void aConnectionThatNothingTranslatesIsRememberedAtBothHooks(PolicyNet net) {
        allow(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.otherPod);
        opens(talk);
        assertThat(pods.settled()).as("what opens it").isEmpty();

        assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
        assertThat(pods.settled()).extracting(PolicyRecent::direction).containsExactly(PolicyFlow.EGRESS);

        assertThat(pods.receives(talk.answers())).isEqualTo(PASS);
        assertThat(pods.settled())
                .extracting(PolicyRecent::direction)
                .containsExactlyInAnyOrder(PolicyFlow.EGRESS, PolicyFlow.INGRESS);
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

        assertThat(pods.settled()).isEmpty();
    }

    /// The client comes from the same port, first to the pod itself, then to a Service that leads to it.
    @ParameterizedTest
    @EnumSource
    void oneThatAFlowTranslatesIsNotTakenForTheOneBefore(PolicyNet net) {
        allow(net);
        PolicyTalk behind = new PolicyTalk(Protocol.TCP, net.pod, 40000, net.otherPod, BACKEND_PORT);
        opens(behind);
        assertThat(pods.receives(behind.answers())).isEqualTo(PASS);
        assertThat(pods.settled()).isNotEmpty();
        pods.node.tables.service(Protocol.TCP, net.service, 80, PolicyNet.end(net.otherPod, BACKEND_PORT));
        assertThat(pods.receives(behind.answers())).isEqualTo(PASS);

        assertThat(pods.sends(PolicyTalk.of(Protocol.TCP, net.pod, net.service).opens()))
                .isEqualTo(PASS);
        assertThat(pods.receives(behind.answers())).isEqualTo(PASS);

        assertThatPacket(pods.packet()).hasSource(net.service, 80);
    }
}
