// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.PacketCount;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What belongs to a connection without carrying its ports: ICMP errors, later fragments; and what is counted.
@KernelTest
final class PolicyRelatedKernelTest extends PolicyPodsFixture {

    private void allowIngress() {
        pods.allow(PolicyPeerKey.identity(INGRESS, 9), 0, (3 << 16) - 1);
    }

    /// "Too big", about the first packet of a connection.
    static byte[] error(PolicyNet net, String from, PolicyTalk about) {
        return error(net, from, about.opener(), about.builder());
    }

    static byte[] error(PolicyNet net, String from, String to, PacketBuilder about) {
        return ethernet()
                .ip(from, to)
                .icmp(net == PolicyNet.V4 ? 3 : 2, net == PolicyNet.V4 ? 4 : 0)
                .embedding(about)
                .toBytes();
    }

    private static PacketBuilder ping(PolicyNet net, int id) {
        return ethernet()
                .ip(net.pod, net.remotePod)
                .icmp(net == PolicyNet.V4 ? 8 : 128, 0, icmp -> icmp.word(id << 16))
                .payload("ping");
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C3_03_D2_10_errorsAboutAConnectionPassBothWays(PolicyNet net, Protocol protocol) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        byte[] byThePod = error(net, net.pod, talk);
        byte[] byARouter = error(net, net.outside, talk.reversed());
        assertThat(pods.sends(byThePod)).as("about nothing").isEqualTo(DROP);
        assertThat(pods.receives(byARouter)).as("about nothing").isEqualTo(DROP);
        assertThat(pods.drops(DropReason.POLICY_NO_STATE)).isEqualTo(2);
        pods.receives(talk.opens());
        assertThat(pods.sends(byThePod)).isEqualTo(PASS);
        assertThat(pods.receives(byARouter)).isEqualTo(PASS);
        pods.forget(PolicyPeerKey.identity(INGRESS, 9));
        pods.nextEpoch();
        assertThat(pods.receives(byARouter)).as("about what is cut").isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void C3_03_errorsAboutEchoesPass(PolicyNet net) {
        isolate(net);
        int otherProtocols = 3 << 16;
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), otherProtocols, PolicyPods.END - 1);
        byte[] byARouter = error(net, net.outside, net.pod, ping(net, 7));
        assertThat(pods.receives(byARouter)).as("about nothing").isEqualTo(DROP);
        assertThat(pods.sends(ping(net, 7).toBytes())).isEqualTo(PASS);
        assertThat(pods.receives(byARouter)).isEqualTo(PASS);
        assertThat(pods.receives(error(net, net.outside, net.pod, ping(net, 8))))
                .as("of another id")
                .isEqualTo(DROP);
        pods.forget(PolicyPeerKey.identity(EGRESS, 9));
        pods.nextEpoch();
        assertThat(pods.receives(byARouter)).as("about what is cut").isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void C3_03_errorsAboutEchoesThatASettingAllowsPass(PolicyNet net) {
        isolate(net);
        pods.control(PolicyControl.ALLOW_ECHO);
        assertThat(pods.sends(ping(net, 7).toBytes())).isEqualTo(PASS);
        pods.control(PolicyControl.ALLOW_ECHO);
        assertThat(pods.receives(error(net, net.outside, net.pod, ping(net, 7))))
                .as("asked again at another epoch")
                .isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.OtherProtocol#withNets")
    void C3_03_C4_11_errorsAboutOtherProtocolsPass(PolicyNet net, OtherProtocol protocol) {
        isolate(net);
        int otherProtocols = 3 << 16;
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), otherProtocols, PolicyPods.END - 1);
        byte[] byARouter = error(net, net.outside, net.pod, protocol.builder(net.pod, net.remotePod));
        byte[] byTheOther = error(net, net.remotePod, net.pod, protocol.builder(net.pod, net.remotePod));
        assertThat(pods.receives(byARouter)).as("about nothing").isEqualTo(DROP);
        assertThat(pods.sends(protocol.packet(net.pod, net.remotePod))).isEqualTo(PASS);
        assertThat(pods.receives(byARouter)).isEqualTo(PASS);
        assertThat(pods.receives(byTheOther)).isEqualTo(PASS);
        pods.forget(PolicyPeerKey.identity(EGRESS, 9));
        pods.nextEpoch();
        assertThat(pods.receives(byARouter)).as("about what is cut").isEqualTo(DROP);
    }

    static List<byte[]> fragments(String from, String to) {
        return ethernet().ip(from, to).udp(40000, 80).payload(new byte[3000]).fragments(1400);
    }

    @ParameterizedTest
    @EnumSource
    void C3_11_laterFragmentsFollowTheFirst(PolicyNet net) {
        isolate(net);
        List<byte[]> fragments = fragments(net.remotePod, net.pod);
        assertThat(fragments).hasSize(3);
        assertThat(pods.receives(fragments.get(1))).as("before its first").isEqualTo(DROP);
        assertThat(fragments)
                .allSatisfy(fragment -> assertThat(pods.receives(fragment)).isEqualTo(DROP));
        assertThat(pods.drops(DropReason.FRAGMENT_NOT_FOUND)).isEqualTo(3);
        allowIngress();
        assertThat(fragments)
                .allSatisfy(fragment -> assertThat(pods.receives(fragment)).isEqualTo(PASS));
        List<byte[]> answer = ethernet()
                .ip(net.pod, net.remotePod)
                .udp(80, 40000)
                .payload(new byte[3000])
                .fragments(1400);
        assertThat(answer)
                .allSatisfy(fragment -> assertThat(pods.sends(fragment)).isEqualTo(PASS));
    }

    @ParameterizedTest
    @EnumSource
    void C3_11_aDroppedFirstFragmentLendsItsPortsToNobody(PolicyNet net) {
        isolate(net);
        allowIngress();
        List<byte[]> allowed = fragments(net.remotePod, net.pod);
        assertThat(pods.receives(allowed.get(0))).isEqualTo(PASS);
        pods.forget(PolicyPeerKey.identity(INGRESS, 9));
        pods.nextEpoch();
        assertThat(pods.receives(allowed.get(0))).isEqualTo(DROP);
        assertThat(pods.receives(allowed.get(1))).isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void C3_11_C4_01_fragmentsOfTheNodePass(PolicyNet net) {
        isolate(net);
        assertThat(fragments(net.node, net.pod))
                .allSatisfy(
                        fragment -> assertThat(pods.receivesFromNode(fragment)).isEqualTo(PASS));
    }

    /// Where unknown pods are told from others, what one interface's pod may do says nothing of another interface.
    @ParameterizedTest
    @EnumSource
    void whatPassedAMomentAgoPassesOnlyAtItsHookAndEpoch(PolicyNet net) {
        isolate(net);
        allowIngress();
        pods.control(PolicyControl.STRICT);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.sends(talk.accepts());
        pods.receives(talk.asks());
        pods.connections.remove(talk.key());
        pods.forget(PolicyPeerKey.identity(INGRESS, 9));
        assertThat(pods.receives(talk.asks())).as("not looked up").isEqualTo(PASS);
        assertThat(pods.sends(talk.answers())).as("at the other hook").isEqualTo(DROP);
        assertThat(pods.receives(talk.resets())).as("another kind of packet").isEqualTo(DROP);
        assertThat(pods.receives(new PolicyTalk(Protocol.TCP, net.remotePod, 40001, net.pod, 80).asks()))
                .as("another port")
                .isEqualTo(DROP);
        pods.control(PolicyControl.STRICT);
        assertThat(pods.receives(talk.asks())).isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void rulesCountWhatPassesInTheirDirection(PolicyNet net) {
        isolate(net);
        allowIngress();
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.remotePod, net.pod);
        pods.receives(talk.opens());
        pods.sends(talk.accepts());
        pods.receives(talk.asks());
        pods.receives(talk.asks());
        pods.sends(talk.answers());
        int length = talk.asks().length - 14;
        assertThat(pods.counted(INGRESS * 1000 + 3)).isEqualTo(new PacketCount(3, 3L * length));
        assertThat(pods.connections.count()).isEqualTo(1);
    }
}
