// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.PolicyPeerKey;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a pod may seem to need, and is asked about as anything else: multicast, broadcast, DNS, DHCP, addresses of its
/// link.
@KernelTest
final class PolicyNoExemptionKernelTest extends PolicyPodsFixture {

    private static final int MDNS = 5353;

    /// The pod is known by its interface: such packets have no address of it, or not yet.
    private static void isolateInterface(PolicyNet net) {
        isolate(net);
        pods.podBehindInterface(1, INGRESS, EGRESS);
    }

    private static List<String> groups(PolicyNet net) {
        return net == PolicyNet.V4
                ? List.of("224.0.0.1", "224.0.0.251", "239.1.2.3", "10.1.255.255", "255.255.255.255")
                : List.of("ff02::1", "ff02::fb", "ff05::1:3", "ff0e::7");
    }

    @ParameterizedTest
    @EnumSource
    void C4_12_whatAPodSendsToGroupsIsAskedAbout(PolicyNet net) {
        isolateInterface(net);
        for (String group : groups(net)) {
            assertThat(pods.sends(datagram(net.pod, group))).as(group).isEqualTo(DROP);
            assertThat(pods.sends(echo(net, net.pod, group))).as(group).isEqualTo(DROP);
        }
        assertThat(pods.sends(OtherProtocol.VRRP.packet(net.pod, groups(net).getFirst())))
                .isEqualTo(DROP);
        pods.allow(PolicyPeerKey.anyone(EGRESS), 0, PolicyPods.END - 1);
        for (String group : groups(net)) {
            assertThat(pods.sends(datagram(net.pod, group))).as(group).isEqualTo(PASS);
            assertThat(pods.sends(echo(net, net.pod, group))).as(group).isEqualTo(PASS);
        }
        assertThat(pods.sends(OtherProtocol.VRRP.packet(net.pod, groups(net).getFirst())))
                .isEqualTo(PASS);
    }

    @ParameterizedTest
    @EnumSource
    void C4_12_whatReachesAPodByAGroupIsAskedAbout(PolicyNet net) {
        isolateInterface(net);
        for (String group : groups(net)) {
            assertThat(pods.receives(datagram(net.remotePod, group))).as(group).isEqualTo(DROP);
            assertThat(pods.receives(echo(net, net.remotePod, group))).as(group).isEqualTo(DROP);
        }
        pods.allow(PolicyPeerKey.identity(INGRESS, 9), 0, PolicyPods.END - 1);
        for (String group : groups(net)) {
            assertThat(pods.receives(datagram(net.remotePod, group))).as(group).isEqualTo(PASS);
            assertThat(pods.receives(echo(net, net.remotePod, group))).as(group).isEqualTo(PASS);
            assertThat(pods.receives(datagram(net.outside, group)))
                    .as("%s of somebody else", group)
                    .isEqualTo(DROP);
        }
    }

    @ParameterizedTest
    @CsvSource({"V4, 224.0.0.0/4, 224.0.0.251, 10.1.255.255", "V6, ff02::/16, ff02::fb, ff05::1:3"})
    void C4_12_aBlockMayAllowGroups(PolicyNet net, String block, String group, String another) {
        isolateInterface(net);
        pods.cidrClass(block, 5);
        pods.allow(PolicyPeerKey.cidrClass(EGRESS, 5), 0, PolicyPods.END - 1);
        assertThat(pods.sends(datagram(net.pod, group))).isEqualTo(PASS);
        assertThat(pods.sends(datagram(net.pod, another))).isEqualTo(DROP);
    }

    private static byte[] datagram(String source, String group) {
        return new PolicyTalk(Protocol.UDP, source, MDNS, group, MDNS).opens();
    }

    private static byte[] echo(PolicyNet net, String source, String group) {
        PacketBuilder ip = ethernet().ip(source, group);
        return ip.icmp(net == PolicyNet.V4 ? 8 : 128, 0).payload("ping").toBytes();
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C4_13_dnsNeedsARuleForItsProtocolAndPort(PolicyNet net, Protocol protocol) {
        isolate(net);
        PolicyTalk query = PolicyTalk.of(protocol, net.pod, net.remotePod).toPort(53);
        assertThat(pods.sends(query.opens())).isEqualTo(DROP);
        for (Protocol other : Protocol.values()) {
            if (other != protocol) {
                pods.allow(PolicyPeerKey.identity(EGRESS, 9), place(other, 53), place(other, 53));
                assertThat(pods.sends(query.opens())).as("a rule for %s", other).isEqualTo(DROP);
            }
        }
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), place(protocol, 53), place(protocol, 53));
        assertThat(pods.sends(query.opens())).isEqualTo(PASS);
        assertThat(pods.receives(query.accepts())).as("the answer").isEqualTo(PASS);
        assertThat(pods.sends(query.toPort(5353).opens())).as("another port").isEqualTo(DROP);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void C4_13_dnsByAServiceNeedsARuleForThePortOfItsPods(PolicyNet net, Protocol protocol) {
        isolate(net);
        pods.node.tables.service(protocol, net.service, 53, PolicyNet.end(net.remotePod, 5353));
        PolicyTalk query = PolicyTalk.of(protocol, net.pod, net.service).toPort(53);
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), place(protocol, 53), place(protocol, 53));
        assertThat(pods.sends(query.opens())).as("the Service's port").isEqualTo(DROP);
        pods.allow(PolicyPeerKey.identity(EGRESS, 9), place(protocol, 5353), place(protocol, 5353));
        assertThat(pods.sends(query.opens())).isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasDestination(net.remotePod, 5353);
        assertThat(pods.receives(PolicyTalk.of(protocol, net.pod, net.remotePod)
                        .toPort(5353)
                        .accepts()))
                .isEqualTo(PASS);
        assertThatPacket(pods.packet()).hasSource(net.service, 53);
    }

    @ParameterizedTest
    @CsvSource({
        "V4, 169.254.169.254, 169.254.0.0/16", "V4, 169.254.20.10, 169.254.20.10/32",
        "V6, fd00:ec2::254, fd00:ec2::/32", "V6, fe80::1, fe80::/10"
    })
    void C4_14_metadataAndAddressesOfTheLinkNeedABlock(PolicyNet net, String address, String block) {
        isolate(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, address);
        assertThat(pods.sends(talk.opens())).isEqualTo(DROP);
        pods.cidrClass(block, 5);
        pods.allow(PolicyPeerKey.cidrClass(EGRESS, 5), 0, PolicyPods.END - 1);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
    }

    /// What a server answers is no answer to a broadcast, so that it needs a rule of its own.
    @ParameterizedTest
    @CsvSource({
        "V4, 0.0.0.0, 68, 255.255.255.255, 67, 10.1.0.1, 255.255.255.255",
        "V4, 10.1.0.2, 68, 10.1.0.1, 67, 10.1.0.9, 10.1.0.2",
        "V6, fe80::2, 546, ff02::1:2, 547, fe80::1, fe80::2"
    })
    void C4_15_dhcpIsNotExempt(
            PolicyNet net, String client, int clientPort, String to, int serverPort, String server, String offered) {
        isolateInterface(net);
        byte[] asks = new PolicyTalk(Protocol.UDP, client, clientPort, to, serverPort).opens();
        byte[] offers = new PolicyTalk(Protocol.UDP, server, serverPort, offered, clientPort).opens();
        assertThat(pods.sends(asks)).isEqualTo(DROP);
        assertThat(pods.receives(offers)).isEqualTo(DROP);
        pods.allow(PolicyPeerKey.anyone(EGRESS), place(Protocol.UDP, serverPort), place(Protocol.UDP, serverPort));
        assertThat(pods.sends(asks)).isEqualTo(PASS);
        assertThat(pods.receives(offers)).isEqualTo(DROP);
        pods.allow(PolicyPeerKey.anyone(INGRESS), place(Protocol.UDP, clientPort), place(Protocol.UDP, clientPort));
        assertThat(pods.receives(offers)).isEqualTo(PASS);
    }
}
