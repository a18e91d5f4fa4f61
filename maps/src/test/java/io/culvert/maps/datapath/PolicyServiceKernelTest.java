// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.maps.datapath.PodPrograms.TURNED;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Flow;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyStep;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Policies see the client and the backend, whatever Service lies between them.
@KernelTest
final class PolicyServiceKernelTest extends PolicyPodsFixture {

    private static final int BACKEND_PORT = 8080;
    private static final int NODE_PORT = 30080;

    private void service(PolicyNet net, Protocol protocol, String backend) {
        pods.node.tables.service(protocol, net.service, 80, PolicyNet.end(backend, BACKEND_PORT));
    }

    private void allow(PolicyPeerKey peer, Protocol protocol, int port) {
        pods.allow(peer, place(protocol, port), place(protocol, port));
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C2_01_egressIsJudgedByTheBackendAndItsPort(PolicyNet net, Protocol protocol) {
        isolate(net);
        service(net, protocol, net.remotePod);
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.service);
        pods.cidrClass(net == PolicyNet.V4 ? "10.96.0.0/16" : "fd00:96::/64", 5);
        pods.allow(PolicyPeerKey.cidrClass(EGRESS, 5), 0, PolicyPods.END - 1);
        allow(PolicyPeerKey.identity(EGRESS, 9), protocol, 80);
        assertThat(pods.sends(talk.opens())).as("a ClusterIP and its port").isEqualTo(DROP);
        allow(PolicyPeerKey.identity(EGRESS, 9), protocol, BACKEND_PORT);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasDestination(net.remotePod, BACKEND_PORT);
        PolicyTalk behind = new PolicyTalk(protocol, net.pod, 40000, net.remotePod, BACKEND_PORT);
        assertThat(pods.receives(behind.accepts())).as("the backend's reply").isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasSource(net.service, 80).checksumsAreRight();
        assertThat(pods.sends(talk.asks())).isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C2_02_C2_07_ingressSeesThePodThatAskedTheService(PolicyNet net, Protocol protocol) {
        isolate(net);
        pods.pod(net.otherPod, 2, 0, 0);
        service(net, protocol, net.pod);
        PolicyTalk talk = PolicyTalk.of(protocol, net.otherPod, net.service);
        assertThat(pods.sends(talk.opens())).as("of a pod without policies").isEqualTo(PASS);
        byte[] arrives = pods.packet();
        assertThat(pods.receives(arrives)).isEqualTo(DROP);
        allow(PolicyPeerKey.identity(INGRESS, 2), protocol, BACKEND_PORT);
        assertThat(pods.receives(arrives)).isEqualTo(PASS);
        PolicyTalk behind = new PolicyTalk(protocol, net.otherPod, 40000, net.pod, BACKEND_PORT);
        assertThat(pods.sends(behind.accepts()))
                .as("a reply, though egress is isolated")
                .isEqualTo(PASS);
        assertThat(pods.receives(pods.packet())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasSource(net.service, 80);
    }

    private static void nodePort(
            PolicyNet net, Protocol protocol, Set<FrontendFlag> flags, List<String> local, List<String> cluster) {
        IpAddress anywhere = IpAddress.of(net == PolicyNet.V4 ? "0.0.0.0" : "::");
        pods.node.tables.service(
                new FrontendKey(anywhere, NODE_PORT, protocol), FrontendType.NODE_PORT, flags, local, cluster);
    }

    private static void allowNodes(PolicyNet net) {
        pods.cidrClass(net == PolicyNet.V4 ? "192.0.2.0/24" : "2001:db8::/64", 5);
        pods.allow(PolicyPeerKey.cidrClass(INGRESS, 5), 0, PolicyPods.END - 1);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C2_03_aPodThatAsksANodePortIsItselfAtABackendOfThisNode(PolicyNet net, Protocol protocol) {
        isolate(net);
        pods.pod(net.otherPod, 2, 0, 0);
        nodePort(net, protocol, Set.of(), List.of(), List.of(PolicyNet.end(net.pod, BACKEND_PORT)));
        allowNodes(net);
        byte[] asked = new PolicyTalk(protocol, net.otherPod, 40000, net.node, NODE_PORT).opens();
        assertThat(pods.sends(asked)).isEqualTo(PASS);
        byte[] arrives = pods.packet();
        assertThatPacket(arrives).hasDestination(net.pod, BACKEND_PORT);
        assertThat(pods.receives(arrives)).as("not as the node").isEqualTo(DROP);
        allow(PolicyPeerKey.identity(INGRESS, 2), protocol, BACKEND_PORT);
        assertThat(pods.receives(arrives)).isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasSource(net.node).checksumsAreRight();
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C2_04_withLocalTrafficABlockMeansTheClient(PolicyNet net, Protocol protocol) {
        isolate(net);
        List<String> backend = List.of(PolicyNet.end(net.pod, BACKEND_PORT));
        nodePort(net, protocol, Set.of(FrontendFlag.LOCAL_SET), backend, backend);
        allowNodes(net);
        byte[] arrives = pods.node.in(new PolicyTalk(protocol, net.outside, 40000, net.node, NODE_PORT).opens(), false);
        assertThat(pods.receives(arrives)).as("not as the node").isEqualTo(DROP);
        pods.cidrClass(net == PolicyNet.V4 ? "198.51.100.0/24" : "2001:db8:7::/64", 6);
        allow(PolicyPeerKey.cidrClass(INGRESS, 6), protocol, BACKEND_PORT);
        assertThat(pods.receives(arrives)).isEqualTo(PASS);
        assertThatPacket(pods.packet())
                .hasSource(net.outside, 40000)
                .hasDestination(net.pod, BACKEND_PORT)
                .checksumsAreRight();
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C2_05_aMasqueradedClientIsItselfAtABackendOfThisNode(PolicyNet net, Protocol protocol) {
        isolate(net);
        nodePort(net, protocol, Set.of(), List.of(), List.of(PolicyNet.end(net.pod, BACKEND_PORT)));
        allowNodes(net);
        byte[] arrives = pods.node.in(new PolicyTalk(protocol, net.outside, 40000, net.node, NODE_PORT).opens(), false);
        assertThat(pods.receives(arrives)).as("not as the node").isEqualTo(DROP);
        pods.cidrClass(net == PolicyNet.V4 ? "198.51.100.0/24" : "2001:db8:7::/64", 6);
        allow(PolicyPeerKey.cidrClass(INGRESS, 6), protocol, BACKEND_PORT);
        assertThat(pods.receives(arrives)).isEqualTo(PASS);
        PacketView received = PacketView.of(pods.packet());
        assertThatPacket(pods.packet()).hasSource(net.node).checksumsAreRight();
        PolicyTalk masqueraded = new PolicyTalk(protocol, net.node, received.sourcePort(), net.pod, BACKEND_PORT);
        assertThat(pods.sends(masqueraded.accepts())).as("C2-07 the reply").isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasDestination(net.outside, 40000).checksumsAreRight();
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C2_12_C2_13_aPodReachesItselfThroughAService(PolicyNet net, Protocol protocol) {
        isolate(net);
        hairpin(net, protocol);
    }

    private void hairpin(PolicyNet net, Protocol protocol) {
        service(net, protocol, net.pod);
        PolicyTalk talk = PolicyTalk.of(protocol, net.pod, net.service);
        assertThat(pods.sends(talk.opens())).isEqualTo(TURNED);
        byte[] there = pods.packet();
        assertThatPacket(there).hasSource(net.node).hasDestination(net.pod, BACKEND_PORT);
        assertThat(pods.receivesFromItself(there)).isEqualTo(PASS);
        int port = PacketView.of(there).sourcePort();
        PolicyTalk turned = new PolicyTalk(protocol, net.node, port, net.pod, BACKEND_PORT);
        assertThat(pods.sends(turned.accepts())).isEqualTo(TURNED);
        byte[] back = pods.packet();
        assertThatPacket(back).hasSource(net.service, 80).hasDestination(net.pod, 40000);
        assertThat(pods.receivesFromItself(back)).isEqualTo(PASS);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void D2_13_whichClusterNetworkPoliciesMayForbidForEgress(PolicyNet net, Protocol protocol) {
        isolate(net);
        pods.admin(PolicyPeerKey.identity(EGRESS, 1), PolicyStep.DENY);
        service(net, protocol, net.pod);
        assertThat(pods.sends(PolicyTalk.of(protocol, net.pod, net.service).opens()))
                .isEqualTo(DROP);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void D2_13_andForIngressAsFromThePodItself(PolicyNet net, Protocol protocol) {
        isolate(net);
        pods.admin(PolicyPeerKey.identity(INGRESS, 1), PolicyStep.DENY);
        service(net, protocol, net.pod);
        assertThat(pods.sends(PolicyTalk.of(protocol, net.pod, net.service).opens()))
                .isEqualTo(TURNED);
        assertThat(pods.receivesFromItself(pods.packet())).isEqualTo(DROP);
        pods.admin(PolicyPeerKey.identity(INGRESS, 1), PolicyStep.ACCEPT);
        hairpin(net, protocol);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C4_01_whatTheNodeSendsToAServicePastItsSocketsIsAnswered(PolicyNet net, Protocol protocol) {
        isolate(net);
        service(net, protocol, net.pod);
        byte[] asked = PolicyTalk.of(protocol, net.node, net.service).opens();
        pods.node.sends(asked);
        Flow flow = pods.node.pods.flow(protocol, PolicyNet.end(net.node, 40000), PolicyNet.end(net.service, 80));
        int port = flow.source().port();
        PolicyTalk translated = new PolicyTalk(protocol, net.node, port, net.pod, BACKEND_PORT);
        assertThat(pods.receivesFromNode(translated.opens())).isEqualTo(PASS);
        assertThat(pods.sends(translated.accepts())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasSource(net.service, 80);
    }
}
