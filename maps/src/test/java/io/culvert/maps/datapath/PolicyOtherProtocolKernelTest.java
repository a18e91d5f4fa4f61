// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.function.ToIntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What else than TCP, UDP and SCTP there is: rules that name ports say nothing of it.
@KernelTest
final class PolicyOtherProtocolKernelTest extends PolicyPodsFixture {

    private static final int EVERYTHING_ELSE = 3 << 16;

    @ParameterizedTest
    @EnumSource
    void C4_10_echoesAreAllowedByRulesWithoutPortsOnly(PolicyNet net) {
        isolate(net);
        pods.allow(PolicyPeerKey.identity(INGRESS, 9), 0, EVERYTHING_ELSE - 1);
        assertThat(pods.receives(echo(net, true, 7)))
                .as("ports of all protocols")
                .isEqualTo(DROP);
        assertThat(pods.sends(echo(net, false, 7))).as("a reply to nothing").isEqualTo(DROP);
        pods.allow(PolicyPeerKey.identity(INGRESS, 9), EVERYTHING_ELSE, PolicyPods.END - 1);
        assertThat(pods.receives(echo(net, true, 7))).isEqualTo(PASS);
        assertThat(pods.sends(echo(net, false, 7))).isEqualTo(PASS);
        assertThat(pods.sends(echo(net, false, 8))).as("of another id").isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void C4_10_echoesMayBeAllowedByASetting(PolicyNet net) {
        isolate(net);
        pods.control(PolicyControl.ALLOW_ECHO);
        assertThat(pods.receives(echo(net, true, 7))).isEqualTo(PASS);
        assertThat(pods.sends(echo(net, false, 7))).isEqualTo(PASS);
        assertThat(pods.receives(
                        icmp(net).icmp(net == PolicyNet.V4 ? 13 : 140, 0).toBytes()))
                .as("other messages are no echoes")
                .isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void C4_10_aRequestIsNoAnswerToOneOfTheSameId(PolicyNet net) {
        isolate(net);
        pods.allow(PolicyPeerKey.identity(INGRESS, 9), EVERYTHING_ELSE, PolicyPods.END - 1);
        byte[] request = echo(net, net.pod, net.remotePod, true, 7);
        assertThat(pods.receives(echo(net, true, 7))).isEqualTo(PASS);
        assertThat(pods.sends(request)).isEqualTo(DROP);
        assertThat(pods.sends(echo(net, false, 7))).as("an answer").isEqualTo(PASS);
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), EVERYTHING_ELSE, PolicyPods.END - 1);
        assertThat(pods.sends(request)).isEqualTo(PASS);
        assertThat(pods.receives(echo(net, net.remotePod, net.pod, false, 7)))
                .as("its own answer")
                .isEqualTo(PASS);
        assertThat(pods.receives(echo(net, true, 7))).as("both at once").isEqualTo(PASS);
        assertThat(pods.sends(echo(net, false, 7))).isEqualTo(PASS);
    }

    /// From outside to the pod, or the pod's answer.
    private static byte[] echo(PolicyNet net, boolean request, int id) {
        return request ? echo(net, net.remotePod, net.pod, true, id) : echo(net, net.pod, net.remotePod, false, id);
    }

    private static byte[] echo(PolicyNet net, String from, String to, boolean request, int id) {
        int type = net == PolicyNet.V4 ? (request ? 8 : 0) : request ? 128 : 129;
        return ethernet()
                .ip(from, to)
                .icmp(type, 0, icmp -> icmp.word(id << 16))
                .payload("ping")
                .toBytes();
    }

    private static PacketBuilder icmp(PolicyNet net) {
        return ethernet().ip(net.remotePod, net.pod);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.OtherProtocol#withNets")
    void C4_11_otherProtocolsAreAllowedByEgressRulesWithoutPortsOnly(PolicyNet net, OtherProtocol protocol) {
        isolate(net);
        assertOnlyRulesWithoutPortsAllow(
                EGRESS,
                protocol.packet(net.pod, net.remotePod),
                pods::sends,
                protocol.packet(net.remotePod, net.pod),
                pods::receives);
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), 0, PolicyPods.END - 1);
        assertThat(pods.sends(protocol.packet(net.pod, net.outside)))
                .as("to somebody else")
                .isEqualTo(DROP);
        assertThat(pods.receives(another(protocol).packet(net.remotePod, net.pod)))
                .as("another protocol of the same two")
                .isEqualTo(DROP);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.OtherProtocol#withNets")
    void C4_11_otherProtocolsAreAllowedByIngressRulesWithoutPortsOnly(PolicyNet net, OtherProtocol protocol) {
        isolate(net);
        assertOnlyRulesWithoutPortsAllow(
                INGRESS,
                protocol.packet(net.remotePod, net.pod),
                pods::receives,
                protocol.packet(net.pod, net.remotePod),
                pods::sends);
        pods.allow(PolicyPeerKey.identity(INGRESS, 9), 0, PolicyPods.END - 1);
        assertThat(pods.receives(protocol.packet(net.outside, net.pod)))
                .as("of somebody else")
                .isEqualTo(DROP);
        assertThat(pods.sends(another(protocol).packet(net.pod, net.remotePod)))
                .as("another protocol of the same two")
                .isEqualTo(DROP);
    }

    /// Less than an extension header of IPv6 has at least.
    @ParameterizedTest
    @EnumSource
    void C4_11_aBareHeaderOfGreIsAPacketOfGre(PolicyNet net) {
        isolate(net);
        byte[] bare = OtherProtocol.GRE.packet(net.pod, net.remotePod, 4);
        assertThat(pods.sends(bare)).isEqualTo(DROP);
        assertThat(pods.drops(DropReason.POLICY_DENIED)).isEqualTo(1);
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), EVERYTHING_ELSE, PolicyPods.END - 1);
        assertThat(pods.sends(bare)).isEqualTo(PASS);
    }

    private static void assertOnlyRulesWithoutPortsAllow(
            int set, byte[] first, ToIntFunction<byte[]> there, byte[] answer, ToIntFunction<byte[]> back) {
        PolicyPeerKey peer = PolicyPeerKey.identity(set, 9);
        assertThat(there.applyAsInt(first)).isEqualTo(DROP);
        pods.allow(peer, 0, EVERYTHING_ELSE - 1);
        assertThat(there.applyAsInt(first)).as("every port that there is").isEqualTo(DROP);
        assertThat(pods.drops(DropReason.POLICY_DENIED)).isEqualTo(2);
        pods.allow(peer, EVERYTHING_ELSE, PolicyPods.END - 1);
        assertThat(back.applyAsInt(answer)).as("an answer to nothing").isEqualTo(DROP);
        assertThat(there.applyAsInt(first)).isEqualTo(PASS);
        assertThat(back.applyAsInt(answer)).isEqualTo(PASS);
        pods.nextEpoch();
        assertThat(back.applyAsInt(answer)).as("asked again").isEqualTo(PASS);
        pods.forget(peer);
        pods.nextEpoch();
        assertThat(back.applyAsInt(answer)).as("no longer allowed").isEqualTo(DROP);
        assertThat(there.applyAsInt(first)).isEqualTo(DROP);
    }

    private static OtherProtocol another(OtherProtocol protocol) {
        return protocol == OtherProtocol.GRE ? OtherProtocol.ESP : OtherProtocol.GRE;
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.OtherProtocol#withNets")
    void C4_01_C4_11_whatTheNodeItselfSendsPassesAndIsAnswered(PolicyNet net, OtherProtocol protocol) {
        isolate(net);
        assertThat(pods.sends(protocol.packet(net.pod, net.node)))
                .as("an answer to nothing")
                .isEqualTo(DROP);
        assertThat(pods.receivesFromNode(protocol.packet(net.node, net.pod))).isEqualTo(PASS);
        assertThat(pods.sends(protocol.packet(net.pod, net.node))).isEqualTo(PASS);
    }
}
