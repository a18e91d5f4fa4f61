// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.maps.datapath.PolicyRelatedKernelTest.error;
import static io.culvert.maps.datapath.PolicyRelatedKernelTest.fragments;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.Endpoint;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a pod in audit mode is told of and does not lose, other than connections that are opened: whatever an isolated
/// pod would have had dropped, in both directions.
@KernelTest
final class PolicyAuditKernelTest extends PolicyPodsFixture {

    /// Every reason for which what reaches the judge may be dropped.
    private static final List<DropReason> DROPS = Arrays.stream(DropReason.values())
            .filter(reason -> !reason.passes())
            .toList();

    private static void audit(PolicyNet net) {
        isolate(net);
        pods.pod(net.pod, 1, INGRESS, EGRESS, Endpoint.AUDIT);
    }

    private static void assertDropped(PolicyNet net, ToIntFunction<byte[]> hook, byte[] packet) {
        isolate(net);
        assertThat(hook.applyAsInt(packet)).as("without audit mode").isEqualTo(DROP);
    }

    /// Passes, and is counted as one more, and not as a drop.
    private static void assertAudited(ToIntFunction<byte[]> hook, byte[] packet) {
        long before = pods.drops(DropReason.POLICY_AUDIT);
        long dropped = dropped();
        assertThat(hook.applyAsInt(packet)).isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_AUDIT) - before).isEqualTo(1);
        assertThat(dropped()).isEqualTo(dropped);
    }

    private static void assertPassesUntold(ToIntFunction<byte[]> hook, byte[] packet) {
        long before = pods.drops(DropReason.POLICY_AUDIT);
        assertThat(hook.applyAsInt(packet)).isEqualTo(PASS);
        assertThat(pods.drops(DropReason.POLICY_AUDIT)).isEqualTo(before);
    }

    private static long dropped() {
        return DROPS.stream().mapToLong(pods::drops).sum();
    }

    /// What is dropped at a pod that is isolated is told of at one in audit mode, each time.
    private static void assertEachIsAudited(PolicyNet net, ToIntFunction<byte[]> hook, byte[] packet) {
        assertDropped(net, hook, packet);
        audit(net);
        assertAudited(hook, packet);
        assertAudited(hook, packet);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void errorsAboutNothingThatIsKnown(PolicyNet net, Protocol protocol) {
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        assertEachIsAudited(net, pods::sends, error(net, net.pod, talk));
        assertEachIsAudited(net, pods::receives, error(net, net.outside, talk.reversed()));
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withProtocols")
    void errorsAboutWhatAuditModeLetThroughAreNotToldOf(PolicyNet net, Protocol protocol) {
        audit(net);
        PolicyTalk talk = PolicyTalk.of(protocol, net.remotePod, net.pod);
        assertAudited(pods::receives, talk.opens());
        assertPassesUntold(pods::sends, error(net, net.pod, talk));
        assertPassesUntold(pods::receives, error(net, net.outside, talk.reversed()));
        pods.nextEpoch();
        assertAudited(pods::receives, error(net, net.outside, talk.reversed()));
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.OtherProtocol#withNets")
    void errorsAboutOtherProtocols(PolicyNet net, OtherProtocol protocol) {
        assertEachIsAudited(
                net, pods::receives, error(net, net.outside, net.pod, protocol.builder(net.pod, net.remotePod)));
        assertEachIsAudited(
                net, pods::sends, error(net, net.pod, net.remotePod, protocol.builder(net.remotePod, net.pod)));
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withHandshakes")
    void acceptancesOfNothing(PolicyNet net, Protocol protocol) {
        assertEachIsAudited(
                net,
                pods::sends,
                PolicyTalk.of(protocol, net.remotePod, net.pod).accepts());
        assertEachIsAudited(
                net,
                pods::receives,
                PolicyTalk.of(protocol, net.pod, net.remotePod).accepts());
    }

    @ParameterizedTest
    @EnumSource
    void repliesToNoEcho(PolicyNet net) {
        assertEachIsAudited(net, pods::sends, echo(net, net.pod, net.remotePod, false));
        assertEachIsAudited(net, pods::receives, echo(net, net.remotePod, net.pod, false));
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.PolicyNet#withHandshakes")
    void theMiddleOfAConnectionThatNobodyKnows(PolicyNet net, Protocol protocol) {
        PolicyTalk in = PolicyTalk.of(protocol, net.remotePod, net.pod);
        PolicyTalk out = PolicyTalk.of(protocol, net.pod, net.remotePod).toPort(81);
        assertDropped(net, pods::receives, in.asks());
        assertDropped(net, pods::sends, out.asks());
        assertEachIsAudited(net, pods::receives, in.resets());
        assertEachIsAudited(net, pods::sends, out.resets());
        assertAudited(pods::receives, in.asks());
        assertPassesUntold(pods::sends, in.answers());
        assertAudited(pods::sends, out.asks());
        assertPassesUntold(pods::receives, out.answers());
    }

    @ParameterizedTest
    @EnumSource
    void fragmentsWithoutTheirFirst(PolicyNet net) {
        assertEachIsAudited(
                net, pods::receives, fragments(net.remotePod, net.pod).get(1));
        assertEachIsAudited(net, pods::sends, fragments(net.pod, net.remotePod).get(1));
    }

    @ParameterizedTest
    @EnumSource
    void fragmentsAreToldOfByTheirFirst(PolicyNet net) {
        audit(net);
        List<byte[]> in = fragments(net.remotePod, net.pod);
        assertAudited(pods::receives, in.get(0));
        in.subList(1, in.size()).forEach(later -> assertPassesUntold(pods::receives, later));
        pods.clear();
        audit(net);
        List<byte[]> out = fragments(net.pod, net.remotePod);
        assertAudited(pods::sends, out.get(0));
        out.subList(1, out.size()).forEach(later -> assertPassesUntold(pods::sends, later));
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.OtherProtocol#withNets")
    void otherProtocolsOnceForEachEpoch(PolicyNet net, OtherProtocol protocol) {
        assertToldOnceForEachEpoch(
                net, protocol.packet(net.remotePod, net.pod), protocol.packet(net.pod, net.remotePod));
    }

    @ParameterizedTest
    @EnumSource
    void echoesOnceForEachEpoch(PolicyNet net) {
        assertToldOnceForEachEpoch(
                net, echo(net, net.remotePod, net.pod, true), echo(net, net.pod, net.remotePod, false));
        pods.clear();
        audit(net);
        assertAudited(pods::sends, echo(net, net.pod, net.remotePod, true));
        assertPassesUntold(pods::receives, echo(net, net.remotePod, net.pod, false));
    }

    /// @param in from elsewhere
    /// @param out its answer
    private static void assertToldOnceForEachEpoch(PolicyNet net, byte[] in, byte[] out) {
        assertDropped(net, pods::receives, in);
        assertDropped(net, pods::sends, out);
        audit(net);
        assertAudited(pods::receives, in);
        assertPassesUntold(pods::receives, in);
        assertPassesUntold(pods::sends, out);
        pods.nextEpoch();
        assertAudited(pods::receives, in);
    }

    @ParameterizedTest
    @MethodSource("io.culvert.maps.datapath.OtherProtocol#withNets")
    void otherProtocolsThatThePodSends(PolicyNet net, OtherProtocol protocol) {
        audit(net);
        assertAudited(pods::sends, protocol.packet(net.pod, net.remotePod));
        assertPassesUntold(pods::sends, protocol.packet(net.pod, net.remotePod));
        assertPassesUntold(pods::receives, protocol.packet(net.remotePod, net.pod));
        pods.nextEpoch();
        assertAudited(pods::sends, protocol.packet(net.pod, net.remotePod));
    }

    /// Behind more extension headers than are looked through.
    @Test
    void whatCannotBeRead() {
        PolicyNet net = PolicyNet.V6;
        assertEachIsAudited(net, pods::sends, hidden(net.pod, net.remotePod));
        assertEachIsAudited(net, pods::receives, hidden(net.remotePod, net.pod));
    }

    private static byte[] hidden(String from, String to) {
        PacketBuilder packet = ethernet().ip(from, to);
        for (int header = 0; header < 7; header++) {
            packet = packet.extension(Ipv6Extension.destinationOptions(0));
        }
        return packet.tcp(1, 2, TcpFlag.SYN).toBytes();
    }

    private static byte[] echo(PolicyNet net, String from, String to, boolean request) {
        int type = net == PolicyNet.V4 ? (request ? 8 : 0) : request ? 128 : 129;
        return ethernet()
                .ip(from, to)
                .icmp(type, 0, icmp -> icmp.word(7 << 16))
                .payload("ping")
                .toBytes();
    }
}
