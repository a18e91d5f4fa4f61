// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.DropReason;
import io.culvert.maps.Fragment;
import io.culvert.maps.FragmentKey;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Fragments that are dropped, refused or left alone.
@KernelTest
class FragmentVerdictKernelTest {

    private static NodePrograms node;

    @BeforeAll
    static void load() {
        node = NodePrograms.load();
        node.setRanges(
                NodePrograms.pods("10.1.0.0/16"),
                NodePrograms.pods("fd00:1::/32"),
                range("10.96.0.0/16"),
                range("fd00:96::/108"));
        for (String address : List.of("10.96.0.10", "fd00:96::10")) {
            node.tables.put(Tables.CLUSTER_ADDRESSES, new AddressKey(IpAddress.of(address)), AddressKey.REFUSE);
        }
    }

    @BeforeEach
    void clear() {
        node.tables.clear();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static AddressRange range(String prefix) {
        return AddressRange.of(ServiceTables.prefix(prefix), Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED));
    }

    private static PacketBuilder ip(IpFamily family, String to4, String to6) {
        return family == IpFamily.IPV4
                ? ethernet().ip("10.1.0.2", to4)
                : ethernet().ip("fd00:1::2", to6);
    }

    private static PacketBuilder toService(IpFamily family) {
        return ip(family, "10.96.0.10", "fd00:96::10");
    }

    private static List<byte[]> datagram(PacketBuilder ip, int port) {
        return ip.udp(40000, port).payload(new byte[3000]).fragments(1400);
    }

    private static void service(IpFamily family, Protocol protocol, String... backends) {
        boolean v4 = family == IpFamily.IPV4;
        node.tables.service(protocol, v4 ? "10.96.0.10" : "fd00:96::10", 53, backends);
    }

    private static String backend(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.1.7.3:5353" : "[fd00:1::7:3]:5353";
    }

    private static void assertDropped(byte[] fragment) {
        assertThat(node.pods.ingress(fragment).verdict()).isEqualTo(PodPrograms.DROP);
    }

    private static void assertUntouched(byte[] fragment) {
        assertThat(node.in(fragment, true)).isEqualTo(fragment);
        assertThat(node.out(fragment, true)).isEqualTo(fragment);
    }

    @ParameterizedTest
    @EnumSource
    void A21_25_aLaterFragmentWhoseFirstWasNotSeenIsDropped(IpFamily family) {
        service(family, Protocol.UDP, backend(family));
        List<byte[]> fragments = datagram(toService(family), 53);

        assertDropped(fragments.get(1));
        assertThat(node.sends(fragments.get(2)).verdict()).isEqualTo(PodPrograms.DROP);

        assertThat(node.tables.drops(DropReason.FRAGMENT_NOT_FOUND)).isEqualTo(2);
        assertThat(node.tables.count(Tables.FLOWS)).as("it opens nothing").isZero();
        assertDropped(datagram(ip(family, "10.96.0.11", "fd00:96::11"), 53).get(1));
        assertThat(node.tables.drops(DropReason.UNALLOCATED)).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void fragmentsOfOthersPassAndAreNotRemembered(IpFamily family) {
        int remembered = node.tables.count(Tables.FRAGMENTS);

        datagram(ip(family, "10.1.7.77", "fd00:1::7:77"), 53).forEach(FragmentVerdictKernelTest::assertUntouched);
        datagram(ip(family, PodPrograms.NODE4, PodPrograms.NODE6), 53)
                .forEach(FragmentVerdictKernelTest::assertUntouched);

        assertThat(node.tables.count(Tables.FRAGMENTS)).isEqualTo(remembered);
        assertThat(node.tables.count(Tables.FLOWS)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void A5_01_onlyTheFirstFragmentIsRefused(IpFamily family) {
        service(family, Protocol.UDP);
        service(family, Protocol.TCP);
        List<byte[]> datagram = datagram(toService(family), 53);
        byte[] segment = toService(family)
                .tcp(40000, 53, SYN)
                .payload(new byte[3000])
                .fragments(1400)
                .getFirst();

        for (byte[] first : List.of(datagram.getFirst(), segment)) {
            TestRun refused = node.pods.ingress(first);
            assertThat(refused.verdict()).isEqualTo(PodPrograms.TURNED);
            assertThatPacket(refused.packet())
                    .isIcmp(family == IpFamily.IPV4 ? 3 : 1, family == IpFamily.IPV4 ? 3 : 4)
                    .checksumsAreRight();
        }
        assertDropped(datagram.get(1));
        assertThat(node.tables.drops(DropReason.FRAGMENT_NOT_FOUND)).isOne();
    }

    @Test
    void aFirstFragmentWithoutItsHeaderIsLeftAlone() {
        for (IpFamily family : IpFamily.values()) {
            service(family, Protocol.TCP, backend(family));
            List<byte[]> tiny =
                    toService(family).tcp(40000, 53, SYN).payload(new byte[40]).fragments(8);

            assertUntouched(tiny.get(0));
            assertUntouched(tiny.get(1));
            assertDropped(tiny.get(3));
        }
        assertThat(node.tables.count(Tables.FLOWS)).isZero();
    }

    @Test
    void aFragmentThatLiesOverTheHeaderOfTcpIsLeftAlone() {
        for (IpFamily family : IpFamily.values()) {
            service(family, Protocol.TCP, backend(family));
            PacketBuilder segment = toService(family).tcp(40000, 53, SYN).payload(new byte[80]);
            node.in(segment.fragments(32).getFirst(), true);
            List<byte[]> over = segment.fragments(8);

            assertUntouched(over.get(1));
            assertUntouched(over.get(2));
            assertThat(PacketView.of(node.in(over.get(3), true)).destination())
                    .isEqualTo(ServiceTables.end(backend(family)).address());
        }
    }

    @Test
    void sctpInFragmentsIsLeftAlone() {
        for (IpFamily family : IpFamily.values()) {
            service(family, Protocol.SCTP, backend(family));
            List<byte[]> fragments = toService(family)
                    .sctp(40000, 53, sctp -> sctp.chunkType(1))
                    .payload(new byte[100])
                    .fragments(64);

            assertUntouched(fragments.getFirst());
            assertDropped(fragments.getLast());
        }
    }

    @Test
    void aDatagramOfTheSameIdThatIsNotTranslatedIsNotTakenForTheEarlierOne() {
        List<byte[]> toDirect = datagram(ethernet().ip("10.1.0.2", "10.1.7.3"), 9999);
        node.tables.service(Protocol.UDP, "10.1.7.3", 53, "10.1.7.4:5353");
        List<byte[]> translated = datagram(ethernet().ip("10.1.0.2", "10.1.7.3"), 53);
        node.in(translated.get(0), true);
        assertThat(PacketView.of(node.in(translated.get(1), true)).destination())
                .hasToString("10.1.7.4");

        toDirect.forEach(FragmentVerdictKernelTest::assertUntouched);
    }

    @Test
    void anEntryIsForgottenWhenTheRestOfItsDatagramIsNotExpectedAnyMore() {
        service(IpFamily.IPV4, Protocol.UDP, backend(IpFamily.IPV4));
        List<byte[]> fragments = datagram(toService(IpFamily.IPV4), 53);
        node.in(fragments.get(0), true);
        FragmentKey key = new FragmentKey(IpAddress.of("10.1.0.2"), IpAddress.of("10.96.0.10"), 0x1234, 17);
        Fragment seen = node.tables.get(Tables.FRAGMENTS, key).orElseThrow();
        assertThat(seen).usingRecursiveComparison().ignoringFields("seen").isEqualTo(new Fragment(40000, 53, 17, 0));

        long old = seen.seen() - 31_000_000_000L;
        node.tables.put(Tables.FRAGMENTS, key, new Fragment(40000, 53, 17, old));

        assertDropped(fragments.get(1));
    }

    @Test
    void aLaterFragmentIsNeverAnswered() {
        var service = node.tables.service(Protocol.TCP, "10.96.0.10", 53, backend(IpFamily.IPV4));
        node.tables.resetRemoved(service);
        node.in(toService(IpFamily.IPV4).tcp(40000, 53, SYN).toBytes(), true);
        List<byte[]> data = toService(IpFamily.IPV4)
                .tcp(40000, 53, ACK)
                .payload(new byte[2000])
                .fragments(800);
        node.in(data.get(0), true);
        node.tables.change(service, "10.1.7.9:5353");

        assertThatPacket(node.in(data.get(1), true)).hasDestination("10.1.7.3");
        assertThat(node.pods.ingress(data.get(0)).verdict()).isEqualTo(PodPrograms.TURNED);
    }
}
