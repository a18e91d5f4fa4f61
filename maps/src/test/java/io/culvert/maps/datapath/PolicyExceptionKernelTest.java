// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.Endpoint;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyStep;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What policies do not hold back, and whom they are about.
@KernelTest
final class PolicyExceptionKernelTest extends PolicyPodsFixture {

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C4_01_whatTheNodeItselfSendsPassesAndIsAnswered(PolicyNet net, Protocol protocol) {
        isolate(net);
        PolicyTalk talk = PolicyTalk.of(protocol, net.node, net.pod);
        assertThat(pods.receivesFromNode(talk.opens())).isEqualTo(PASS);
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        assertThat(pods.receivesFromNode(talk.asks())).isEqualTo(PASS);
        pods.nextEpoch();
        assertThat(pods.sends(talk.answers()))
                .as("whatever the policies become")
                .isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void D2_14_clusterNetworkPoliciesDoNotHoldBackTheNodeEither(PolicyNet net, Protocol protocol) {
        isolate(net);
        PolicyTalk talk = PolicyTalk.of(protocol, net.node, net.pod);
        PolicyPeerKey anyone = PolicyPeerKey.anyone(INGRESS);
        pods.cell(anyone, PolicyStep.NONE, 0, PolicyStep.NONE);
        assertThat(pods.receives(talk.opens())).isEqualTo(PASS);
        pods.cell(anyone, PolicyStep.ranked(0, PolicyStep.DENY), 0, PolicyStep.NONE);
        pods.nextEpoch();
        assertThat(pods.receives(talk.opens())).isEqualTo(DROP);
        assertThat(pods.receivesFromNode(talk.opens())).isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C4_02_C4_04_C2_05_anAddressOfANodeIsNotTheNode(PolicyNet net, Protocol protocol) {
        isolate(net);
        assertThat(pods.receives(PolicyTalk.of(protocol, net.node, net.pod).opens()))
                .isEqualTo(DROP);
        pods.cidrClass(net == PolicyNet.V4 ? "192.0.2.0/24" : "2001:db8::/64", 5);
        pods.allow(PolicyPeerKey.cidrClass(INGRESS, 5), 0, PolicyPods.END - 1);
        assertThat(pods.receives(PolicyTalk.of(protocol, net.node, net.pod).opens()))
                .as("a block of node addresses")
                .isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C4_05_whatThePodSendsToItsOwnNodeIsAskedAbout(PolicyNet net, Protocol protocol) {
        isolate(net);
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.node);
        assertThat(pods.sends(talk.opens())).isEqualTo(DROP);
        pods.cidrClass(net == PolicyNet.V4 ? "192.0.2.1/32" : "2001:db8::1/128", 5);
        pods.allow(PolicyPeerKey.cidrClass(EGRESS, 5), 0, PolicyPods.END - 1);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.receivesFromNode(talk.accepts())).isEqualTo(PASS);
        pods.forget(PolicyPeerKey.cidrClass(EGRESS, 5));
        pods.nextEpoch();
        assertThat(pods.sends(talk.asks())).isEqualTo(DROP);
        pods.receivesFromNode(talk.answers());
        assertThat(pods.sends(talk.asks()))
                .as("the node's answers do not make it the node's connection")
                .isEqualTo(DROP);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C4_03_C2_12_aPodReachesItself(PolicyNet net, Protocol protocol) {
        isolate(net);
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.pod);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.receivesFromItself(talk.opens())).isEqualTo(PASS);
    }

    /// To a group, to an address, and of who has none yet (duplicate address detection).
    @ParameterizedTest
    @ValueSource(ints = {130, 131, 132, 133, 134, 135, 136, 137, 143})
    void C4_09_C4_15_neighbourDiscoveryAndMulticastListenersPass(int type) {
        passesAtIsolatedAndAtUnknownPods(PolicyNet.V6, message("fe80::1", "ff02::1", type));
        passesAtIsolatedAndAtUnknownPods(PolicyNet.V6, message("fe80::1", PolicyNet.V6.pod, type));
        passesAtIsolatedAndAtUnknownPods(PolicyNet.V6, message("::", "ff02::1:ff00:2", type));
        byte[] report = ethernet()
                .ip("fe80::1", "ff02::16")
                .extension(Ipv6Extension.hopByHop(1))
                .icmp(type, 0)
                .payload(new byte[16])
                .toBytes();
        passesAtIsolatedAndAtUnknownPods(PolicyNet.V6, report);
    }

    private static byte[] message(String source, String destination, int type) {
        return ethernet()
                .ip(source, destination)
                .icmp(type, 0)
                .payload(new byte[16])
                .toBytes();
    }

    @Test
    void C4_09_arpPasses() {
        byte[] arp = new byte[42];
        arp[12] = 8;
        arp[13] = 6;
        passesAtIsolatedAndAtUnknownPods(PolicyNet.V4, arp);
    }

    /// At the interface of a pod that is isolated, and where strict mode knows no pod, which lets nothing else pass.
    private static void passesAtIsolatedAndAtUnknownPods(PolicyNet net, byte[] packet) {
        byte[] other = PolicyTalk.of(Protocol.UDP, net.pod, net.outside).opens();
        pods.clear();
        pods.control(PolicyControl.STRICT);
        assertThat(pods.sends(other)).as("of an unknown pod").isEqualTo(DROP);
        assertThat(pods.sends(packet)).isEqualTo(PASS);
        assertThat(pods.receives(packet)).isEqualTo(PASS);

        isolate(net);
        pods.podBehindInterface(1, INGRESS, EGRESS);
        for (int flags : new int[] {0, PolicyControl.STRICT}) {
            pods.control(flags);
            assertThat(pods.sends(other)).as("of an isolated pod").isEqualTo(DROP);
            assertThat(pods.sends(packet)).isEqualTo(PASS);
            assertThat(pods.receives(packet)).isEqualTo(PASS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aForgedSourceIsStillThePodBehindTheInterface(PolicyNet net) {
        isolate(net);
        pods.pod(net.otherPod, 2, 0, 0);
        PolicyTalk forged = PolicyTalk.of(Protocol.UDP, net.otherPod, net.outside);
        assertThat(pods.sends(forged.opens())).as("best effort").isEqualTo(PASS);
        pods.podBehindInterface(1, INGRESS, EGRESS);
        assertThat(pods.sends(forged.opens())).isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void unknownInterfacesAreClosedInStrictModeOnly(PolicyNet net) {
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.outside);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        pods.control(PolicyControl.STRICT);
        assertThat(pods.sends(talk.opens())).isEqualTo(DROP);
        assertThat(pods.receives(talk.accepts())).isEqualTo(DROP);
        assertThat(pods.drops(DropReason.POLICY_UNKNOWN_POD)).isEqualTo(2);
        pods.pod(net.pod, 1, 0, 0);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.flow(talk)).as("nothing to track").isEmpty();
    }

    @Test
    void whatCannotBeReadIsDroppedWhereAPodIsHeldToPolicies() {
        PolicyNet net = PolicyNet.V6;
        pods.set(EGRESS, true);
        pods.allow(PolicyPeerKey.anyone(EGRESS), 0, PolicyPods.END - 1);
        pods.pod(net.pod, 1, 0, EGRESS);
        PacketBuilder packet = ethernet().ip(net.pod, net.outside);
        for (int header = 0; header < 7; header++) {
            packet = packet.extension(Ipv6Extension.destinationOptions(0));
        }
        byte[] hidden = packet.tcp(1, 2, TcpFlag.SYN).toBytes();
        assertThat(pods.sends(hidden)).isEqualTo(DROP);
        assertThat(pods.drops(DropReason.INVALID_PACKET)).isEqualTo(1);
        pods.pod(net.pod, 1, EGRESS, 0);
        assertThat(pods.sends(hidden)).as("free in this direction").isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void auditCountsWhatWouldBeDroppedAndLetsItPass(PolicyNet net, Protocol protocol) {
        isolate(net);
        pods.pod(net.pod, 1, INGRESS, EGRESS, Endpoint.AUDIT);
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        assertThat(pods.receives(talk.opens())).isEqualTo(PASS);
        assertThat(pods.sends(talk.accepts())).isEqualTo(PASS);
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_AUDIT)).as("once a connection").isEqualTo(1);
        assertThat(pods.drops(DropReason.POLICY_DENIED)).isZero();
        pods.nextEpoch();
        assertThat(pods.receives(talk.asks())).isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_AUDIT)).as("and epoch").isEqualTo(2);
    }
}
