// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Datagrams in fragments, there and back. Every fragment is compared with one of a datagram that was built with the
/// addresses that it should have, so that the first one's checksum is right for the whole.
@KernelTest
class FragmentKernelTest extends NodeProgramsFixture {

    private static final byte[] QUESTION = payload(4000, 3);
    private static final byte[] ANSWER = payload(3001, 5);

    private static byte[] payload(int length, int factor) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * factor);
        }
        return bytes;
    }

    private static String of(IpFamily family, String v4, String v6) {
        return family == IpFamily.IPV4 ? v4 : v6;
    }

    private static IpPort end(IpFamily family, String v4, String v6, int port) {
        return new IpPort(IpAddress.of(of(family, v4, v6)), port);
    }

    private static IpPort pod(IpFamily family) {
        return end(family, "10.1.0.2", "fd00:1::2", 40000);
    }

    private static IpPort outside(IpFamily family) {
        return end(family, "198.51.100.7", "2001:db8:7::7", 40000);
    }

    private static IpPort clusterIp(IpFamily family) {
        return end(family, "10.96.0.10", "fd00:96::10", 53);
    }

    private static IpPort nodePort(IpFamily family) {
        return end(family, PodPrograms.NODE4, PodPrograms.NODE6, 30053);
    }

    private static IpPort elsewhere(IpFamily family) {
        return end(family, "10.1.7.3", "fd00:1:0:7::3", 5353);
    }

    private static IpPort here(IpFamily family) {
        return end(family, "10.1.0.9", "fd00:1::9", 5353);
    }

    private static void service(IpFamily family, FrontendType type, IpPort backend) {
        FrontendKey key = type == CLUSTER_IP
                ? new FrontendKey(clusterIp(family).address(), clusterIp(family).port(), Protocol.UDP)
                : new FrontendKey(
                        IpAddress.of(of(family, "0.0.0.0", "::")),
                        nodePort(family).port(),
                        Protocol.UDP);
        String text = "[" + backend.address() + "]:" + backend.port();
        node.tables.service(key, type, Set.of(), List.of(), List.of(text));
    }

    private static List<byte[]> fragments(IpPort from, IpPort to, byte[] payload) {
        return ethernet()
                .ip(from.address(), to.address())
                .udp(from.port(), to.port())
                .payload(payload)
                .fragments(1400);
    }

    private static List<byte[]> each(List<byte[]> fragments, Function<byte[], byte[]> hook) {
        return fragments.stream().map(hook).toList();
    }

    private static void assertSame(List<byte[]> actual, List<byte[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThatPacket(actual.get(i)).as("fragment " + i).isIdenticalTo(expected.get(i));
        }
    }

    private static IpPort source(List<byte[]> fragments) {
        PacketView first = PacketView.of(fragments.getFirst());
        return new IpPort(first.source(), first.sourcePort());
    }

    /// There and back, through all programs that a fragment meets. What the backend sees as its peer.
    private static IpPort journey(
            IpPort client, boolean fromPod, IpPort service, IpPort backend, Function<byte[], byte[]> enter) {
        boolean local = NodePrograms.isHere(backend.address());
        List<byte[]> entered = each(fragments(client, service, QUESTION), enter);
        assertSame(entered, fragments(client, backend, QUESTION));
        List<byte[]> sent = each(entered, fragment -> node.out(fragment, local));
        IpPort seen = source(sent);
        assertSame(sent, fragments(seen, backend, QUESTION));
        assertSame(each(sent, fragment -> node.out(fragment, local)), sent);

        List<byte[]> answered = each(fragments(backend, seen, ANSWER), fragment -> node.in(fragment, local));
        assertSame(answered, fragments(backend, client, ANSWER));
        List<byte[]> received = each(answered, fragment -> node.out(fragment, fromPod));
        assertSame(received, fragments(service, client, ANSWER));
        return seen;
    }

    @ParameterizedTest
    @EnumSource
    void A12_03_fromAPodToAClusterIpAndBack(IpFamily family) {
        for (IpPort backend : List.of(here(family), elsewhere(family))) {
            node.tables.clear();
            service(family, CLUSTER_IP, backend);
            IpPort client = pod(family);

            IpPort seen = journey(client, true, clusterIp(family), backend, packet -> node.in(packet, true));

            assertThat(seen).isEqualTo(client);
            assertThat(flow(client, clusterIp(family)).packets())
                    .as("every fragment accounts to its flow")
                    .isEqualTo(3);
            assertThat(flow(client, clusterIp(family)).bytes())
                    .isEqualTo(4008 + 3 * (family == IpFamily.IPV4 ? 20 : 48));
            assertThat(flow(client, backend).packets()).isEqualTo(3);
        }
    }

    private static io.culvert.maps.Flow flow(IpPort one, IpPort other) {
        return node.pods.flow(Protocol.UDP, one.toString(), other.toString());
    }

    @ParameterizedTest
    @EnumSource
    void A12_03_fromOutsideToANodePortMasqueraded(IpFamily family) {
        for (IpPort backend : List.of(here(family), elsewhere(family))) {
            node.tables.clear();
            service(family, NODE_PORT, backend);

            IpPort seen = journey(outside(family), false, nodePort(family), backend, packet -> node.in(packet, false));

            assertThat(seen.address()).isEqualTo(nodePort(family).address());
        }
    }

    @ParameterizedTest
    @EnumSource
    void A12_03_fromThisNodePastItsSockets(IpFamily family) {
        service(family, CLUSTER_IP, elsewhere(family));
        IpPort client = new IpPort(nodePort(family).address(), 40000);
        List<byte[]> sent = each(fragments(client, clusterIp(family), QUESTION), packet -> {
            TestRun run = node.sends(packet);
            assertThat(run.verdict()).isIn(PodPrograms.PASS, PodPrograms.TURNED);
            return run.packet();
        });
        IpPort seen = source(sent);
        assertSame(sent, fragments(seen, elsewhere(family), QUESTION));

        List<byte[]> received = each(fragments(elsewhere(family), seen, ANSWER), packet -> node.in(packet, false));
        assertSame(received, fragments(clusterIp(family), client, ANSWER));
    }

    @ParameterizedTest
    @EnumSource
    void A12_03_aPodThatReachesItself(IpFamily family) {
        IpPort self = new IpPort(pod(family).address(), 5353);
        service(family, CLUSTER_IP, self);

        List<byte[]> sent = turned(fragments(pod(family), clusterIp(family), QUESTION));
        IpPort seen = source(sent);
        assertThat(seen.address()).isEqualTo(nodePort(family).address());
        assertSame(sent, swappedMacs(fragments(seen, self, QUESTION)));
        assertSame(each(sent, fragment -> node.out(fragment, true)), sent);
        assertSame(
                turned(fragments(self, seen, ANSWER)), swappedMacs(fragments(clusterIp(family), pod(family), ANSWER)));
    }

    private static List<byte[]> turned(List<byte[]> fragments) {
        return each(fragments, fragment -> {
            TestRun run = node.pods.ingress(fragment);
            assertThat(run.verdict()).isEqualTo(PodPrograms.TURNED);
            return run.packet();
        });
    }

    private static List<byte[]> swappedMacs(List<byte[]> fragments) {
        return each(fragments, fragment -> {
            byte[] swapped = fragment.clone();
            System.arraycopy(fragment, 0, swapped, 6, 6);
            System.arraycopy(fragment, 6, swapped, 0, 6);
            return swapped;
        });
    }

    @ParameterizedTest
    @EnumSource
    void A12_03_fragmentsMayOvertakeEachOtherAfterTheFirst(IpFamily family) {
        service(family, CLUSTER_IP, elsewhere(family));
        List<byte[]> sent = fragments(pod(family), clusterIp(family), QUESTION);
        List<byte[]> expected = fragments(pod(family), elsewhere(family), QUESTION);

        for (int i : new int[] {0, 2, 1, 2, 0, 1}) {
            assertThatPacket(node.in(sent.get(i), true)).isIdenticalTo(expected.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void A12_03_headersAroundTheFragmentsDoNotMatter(IpFamily family) {
        service(family, CLUSTER_IP, elsewhere(family));
        List<byte[]> sent = withHeaders(pod(family), clusterIp(family));
        List<byte[]> expected = withHeaders(pod(family), elsewhere(family));

        assertSame(each(sent, fragment -> node.in(fragment, true)), expected);
        assertThat(node.tables.count(Tables.FRAGMENTS)).isPositive();
    }

    /// IPv4 with options; IPv6 with an extension header on either side of the fragment header, the later fragment
    /// naming the protocol of the datagram and not, as the first does, that of the extension header.
    private static List<byte[]> withHeaders(IpPort from, IpPort to) {
        String source = from.address().toString();
        String destination = to.address().toString();
        byte[] whole = ethernet()
                .ip(from.address(), to.address())
                .udp(from.port(), to.port())
                .payload(QUESTION)
                .toBytes();
        int header = from.address().isV4() ? 34 : 54;
        byte[] first = java.util.Arrays.copyOfRange(whole, header, header + 1400);
        byte[] rest = java.util.Arrays.copyOfRange(whole, header + 1400, whole.length);
        if (from.address().isV4()) {
            return List.of(
                    ethernet()
                            .ipv4(
                                    source,
                                    destination,
                                    ip -> ip.options(1, 1, 1, 1)
                                            .fragment(0, true)
                                            .protocol(17))
                            .payload(first)
                            .toBytes(),
                    ethernet()
                            .ipv4(
                                    source,
                                    destination,
                                    ip -> ip.options(1, 1, 1, 1)
                                            .fragment(1400, false)
                                            .protocol(17))
                            .payload(rest)
                            .toBytes());
        }
        PacketBuilder ip = ethernet().ip(source, destination).extension(Ipv6Extension.hopByHop(1));
        return List.of(
                ip.extension(Ipv6Extension.fragment(0, true, 0x89abcdef))
                        .extension(Ipv6Extension.destinationOptions(0).announcing(17))
                        .payload(first)
                        .toBytes(),
                ip.extension(Ipv6Extension.fragment(1408, false, 0x89abcdef).announcing(17))
                        .payload(rest)
                        .toBytes());
    }
}
