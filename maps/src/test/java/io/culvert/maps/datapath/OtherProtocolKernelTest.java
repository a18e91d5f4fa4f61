// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.DropReason;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What has no ports, sent to addresses of Services.
@KernelTest
class OtherProtocolKernelTest {

    private static NodePrograms node;

    @BeforeAll
    static void load() {
        node = NodePrograms.load();
        prepare(node);
    }

    private static void prepare(NodePrograms on) {
        on.setRanges(range("10.96.0.0/16"), range("fd00:96::/108"));
        for (String address : List.of("10.96.0.10", "fd00:96::10")) {
            on.tables.put(Tables.CLUSTER_ADDRESSES, new AddressKey(IpAddress.of(address)), AddressKey.REFUSE);
        }
    }

    private static AddressRange range(String prefix) {
        return AddressRange.of(ServiceTables.prefix(prefix), Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED));
    }

    @BeforeEach
    void clear() {
        node.tables.clear();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static String client(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.1.0.2" : "fd00:1::2";
    }

    private static String clusterIp(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    private static PacketBuilder echo(IpFamily family, String to) {
        return echo(family, to, 56);
    }

    private static PacketBuilder echo(IpFamily family, String to, int bytes) {
        return ethernet()
                .ip(client(family), to)
                .icmp(family == IpFamily.IPV4 ? 8 : 128, 0, icmp -> icmp.word(0x00070001))
                .payload(new byte[bytes]);
    }

    /// GRE, ESP and AH; for IPv6 behind an extension header.
    private static Stream<PacketBuilder> tunnels(IpFamily family, String to) {
        return IntStream.of(47, 50, 51)
                .mapToObj(protocol -> family == IpFamily.IPV4
                        ? ethernet().ipv4(client(family), to, ip -> ip.protocol(protocol))
                        : ethernet()
                                .ip(client(family), to)
                                .extension(Ipv6Extension.destinationOptions(0).announcing(protocol)))
                .map(ip -> ip.payload("some bytes that mean nothing"));
    }

    private static void assertRefused(IpFamily family, byte[] packet, TestRun run) {
        boolean v4 = family == IpFamily.IPV4;
        assertThat(run.verdict()).isEqualTo(PodPrograms.TURNED);
        assertThatPacket(run.packet())
                .hasSource(clusterIp(family))
                .hasDestination(client(family))
                .isIcmp(v4 ? 3 : 1, v4 ? 3 : 4)
                .checksumsAreRight();
        PacketView quoted = PacketView.of(run.packet()).embedded();
        PacketView sent = PacketView.of(packet);
        assertThat(quoted.source()).isEqualTo(sent.source());
        assertThat(quoted.destination()).isEqualTo(sent.destination());
        assertThat(quoted.protocol()).isEqualTo(sent.protocol());
    }

    @ParameterizedTest
    @EnumSource
    void A5_14_anEchoAndOtherProtocolsToAClusterIpAreRefused(IpFamily family) {
        List<PacketBuilder> packets = Stream.concat(
                        Stream.of(echo(family, clusterIp(family))), tunnels(family, clusterIp(family)))
                .toList();
        for (PacketBuilder builder : packets) {
            byte[] packet = builder.toBytes();
            assertRefused(family, packet, node.pods.ingress(packet));
            assertRefused(family, packet, node.arrives(packet));
            assertRefused(family, packet, node.sends(packet));
            assertThat(node.out(packet, false)).as("of somebody else").isEqualTo(packet);
        }
        assertThat(node.tables.drops(DropReason.NO_BACKEND)).isEqualTo(3L * packets.size());
    }

    @ParameterizedTest
    @EnumSource
    void A5_14_anEchoInFragmentsIsRefusedOnce(IpFamily family) {
        List<byte[]> fragments = echo(family, clusterIp(family), 2000).fragments(1400);

        assertRefused(family, fragments.getFirst(), node.pods.ingress(fragments.getFirst()));
        assertThat(node.pods.ingress(fragments.getLast()).verdict()).isEqualTo(PodPrograms.DROP);
        assertThat(node.tables.drops(DropReason.FRAGMENT_NOT_FOUND)).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void A5_10_anEchoToAnAddressThatNoServiceHasIsDropped(IpFamily family) {
        String free = family == IpFamily.IPV4 ? "10.96.0.77" : "fd00:96::77";

        node.pods.dropped(echo(family, free).toBytes());

        assertThat(node.tables.drops(DropReason.UNALLOCATED)).isOne();
    }

    @Test
    void A5_14_refusalsComeOutOfTheBudgetOfAllAnswers() {
        try (NodePrograms slow = NodePrograms.load(object -> object.configure("config_reject_rate", 1))) {
            prepare(slow);
            byte[] packet = echo(IpFamily.IPV4, "10.96.0.10").toBytes();
            for (int i = 0; i < 20; i++) {
                slow.pods.ingress(packet);
            }

            assertThat(slow.tables.drops(DropReason.REJECT_RATE_LIMITED)).isPositive();
        }
    }

    /// RFC 1122, 3.2.2, and RFC 4443, 2.4: no error about an error; neighbour discovery is between neighbours.
    @ParameterizedTest
    @EnumSource
    void whatMustNotBeAnsweredPasses(IpFamily family) {
        int[] types = family == IpFamily.IPV4
                ? new int[] {3, 4, 5, 11, 12}
                : new int[] {1, 2, 3, 4, 100, 127, 133, 134, 135, 136, 137};
        PacketBuilder about = ethernet().ip(clusterIp(family), client(family)).tcp(80, 40000, TcpFlag.ACK);
        for (int type : types) {
            assertUntouched(ethernet()
                    .ip(client(family), clusterIp(family))
                    .icmp(type, 0)
                    .embedding(about)
                    .toBytes());
        }
        assertUntouched(ethernet()
                .ip(client(family), clusterIp(family))
                .payload("short")
                .toBytes());
    }

    @ParameterizedTest
    @EnumSource
    void A12_08_otherProtocolsToAddressesThatAreNoClusterIpAreUntouched(IpFamily family) {
        boolean v4 = family == IpFamily.IPV4;
        String balancer = v4 ? "203.0.113.10" : "2001:db8:203::10";
        String backend = v4 ? "10.1.7.3:8080" : "[fd00:1::7:3]:8080";
        var service = node.tables.service(Protocol.TCP, clusterIp(family), 80, backend);
        node.tables.alsoAt(service, FrontendType.LOAD_BALANCER, balancer, 80);
        node.tables.alsoAt(service, FrontendType.NODE_PORT, v4 ? "0.0.0.0" : "::", 30080);
        for (String to : List.of(balancer, v4 ? PodPrograms.NODE4 : PodPrograms.NODE6)) {
            assertUntouched(echo(family, to).toBytes());
            tunnels(family, to).map(PacketBuilder::toBytes).forEach(OtherProtocolKernelTest::assertUntouched);
        }
    }

    private static void assertUntouched(byte[] packet) {
        assertThat(node.in(packet, true)).isEqualTo(packet);
        assertThat(node.in(packet, false)).isEqualTo(packet);
        TestRun sent = node.sends(packet);
        assertThat(sent.verdict()).isEqualTo(PodPrograms.PASS);
        assertThat(sent.packet()).isEqualTo(packet);
    }
}
