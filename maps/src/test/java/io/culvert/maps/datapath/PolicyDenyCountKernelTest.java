// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Endpoint;
import io.culvert.maps.PacketCount;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyStep;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Rules that deny count what they drop.
@KernelTest
final class PolicyDenyCountKernelTest extends PolicyPodsFixture {

    private static final PolicyPeerKey SENDER = PolicyPeerKey.identity(INGRESS, 9);
    private static final PolicyPeerKey RECEIVER = PolicyPeerKey.identity(EGRESS, 9);

    /// Of a set by its fixture: the first rule of the admin tier, and of the baseline.
    private static final int ADMIN = 0;

    private static final int BASELINE = 6;

    /// What a pod elsewhere sends first, by each protocol and family.
    static Stream<Arguments> firstPackets() {
        return Arrays.stream(PolicyNet.values())
                .flatMap(net -> Stream.concat(
                        Arrays.stream(Protocol.values())
                                .map(protocol -> Arguments.of(
                                        net,
                                        PolicyTalk.of(protocol, net.remotePod, net.pod)
                                                .opens(),
                                        PolicyTalk.of(protocol, net.pod, net.remotePod)
                                                .opens())),
                        Stream.of(Arguments.of(
                                net, echo(net, net.remotePod, net.pod), echo(net, net.pod, net.remotePod)))));
    }

    private static byte[] echo(PolicyNet net, String from, String to) {
        return ethernet()
                .ip(from, to)
                .icmp(net == PolicyNet.V4 ? 8 : 128, 0, icmp -> icmp.word(7 << 16))
                .payload("ping")
                .toBytes();
    }

    private static void pods(PolicyNet net, int flags) {
        pods.set(INGRESS, false);
        pods.set(EGRESS, false);
        pods.pod(net.pod, 1, INGRESS, EGRESS, flags);
        pods.identity(net.remotePod, 9);
    }

    private static PacketCount counted(int set, int rule) {
        return pods.counted(set * 1000 + rule);
    }

    @ParameterizedTest
    @MethodSource("firstPackets")
    void ofBothTiersInBothDirections(PolicyNet net, byte[] received, byte[] sent) {
        pods(net, 0);
        long in = counted(INGRESS, ADMIN).packets();
        long out = counted(EGRESS, BASELINE).packets();
        long bytes = counted(INGRESS, ADMIN).bytes();
        pods.admin(SENDER, PolicyStep.DENY);
        pods.baseline(RECEIVER, PolicyStep.DENY);
        for (int packet = 1; packet <= 2; packet++) {
            assertThat(pods.receives(received)).isEqualTo(DROP);
            assertThat(pods.sends(sent)).isEqualTo(DROP);
            assertThat(counted(INGRESS, ADMIN).packets() - in).isEqualTo(packet);
            assertThat(counted(EGRESS, BASELINE).packets() - out).isEqualTo(packet);
        }
        assertThat(counted(INGRESS, ADMIN).bytes() - bytes).isPositive();
    }

    @ParameterizedTest
    @MethodSource("firstPackets")
    void ofWhatAuditModeLetsThrough(PolicyNet net, byte[] received, byte[] sent) {
        pods(net, Endpoint.AUDIT);
        long in = counted(INGRESS, ADMIN).packets();
        long out = counted(EGRESS, ADMIN).packets();
        pods.admin(SENDER, PolicyStep.DENY);
        pods.admin(RECEIVER, PolicyStep.DENY);
        assertThat(pods.receives(received)).isEqualTo(PASS);
        assertThat(counted(INGRESS, ADMIN).packets() - in).isEqualTo(1);
        pods.clear();
        pods(net, Endpoint.AUDIT);
        pods.admin(RECEIVER, PolicyStep.DENY);
        assertThat(pods.sends(sent)).isEqualTo(PASS);
        assertThat(counted(EGRESS, ADMIN).packets() - out).isEqualTo(1);
    }
}
