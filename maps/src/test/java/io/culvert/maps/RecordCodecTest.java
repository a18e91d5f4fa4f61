// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.netlink.MacAddress;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.maps.layout.Numbers;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class RecordCodecTest {

    private static final IpPort V4 = new IpPort(IpAddress.of("10.1.2.3"), 0xabcd);
    private static final PolicyFlow FLOW =
            new PolicyFlow(new PolicyFlow.Side(1, 2), new PolicyFlow.Side(3, 4), PolicyFlow.HOST, 5, 258);
    private static final IpPort V6 = new IpPort(IpAddress.of("fd00:1:2:3:4:5:6:7"), 53);
    private static final IpPort NOBODY = new IpPort(IpAddress.UNSPECIFIED, 0);
    private static final SockPeer PEER = new SockPeer(V4, V6, 0xfff00001);

    @AutoClose
    private final Arena arena = Arena.ofConfined();

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of(
                        FrontendKey.CODEC,
                        new FrontendKey(V4.address(), 80, Protocol.TCP),
                        "00000000 00000000 0000ffff 0a010203 0050 06 00"),
                Arguments.of(Frontend.CODEC, Frontend.clusterIp(0x12345678, true), "78563412 01000000"),
                Arguments.of(
                        Frontend.CODEC,
                        new Frontend(1, FrontendType.LOAD_BALANCER, Set.of(FrontendFlag.SOURCE_RANGES)),
                        "01000000 02020000"),
                Arguments.of(ServiceWord.CODEC, ServiceWord.of(0x345, 10, true), "45030000 0a0000 81"),
                Arguments.of(
                        Backend.CODEC,
                        new Backend(V6.address(), 8080, 0x0102, 0x00200011, 3, true, true),
                        "fd000001 00020003 00040005 00060007 1f90 0201 11002000 03 03 000000000000"),
                Arguments.of(
                        ExtentHeader.CODEC,
                        new ExtentHeader(12, 3, 2, 1, 9, 10800, true, false, false, Algorithm.RANDOM),
                        "0c000000 03000000 02000000 01000000 09000000 302a0000 01000000 00 000000"),
                Arguments.of(
                        LocalPod.CODEC,
                        new LocalPod(0x1234, new MacAddress(0x0242ac110002L), new MacAddress(0xfe0000000001L)),
                        "34120000 0242 ac11 0002 fe00 0000 0001"),
                Arguments.of(PublishedBackend.CODEC, new PublishedBackend(0x00200011), "11002000"),
                Arguments.of(
                        FlowKey.CODEC,
                        FlowKey.between(Protocol.UDP, V6, V4),
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007 abcd 0035 11 000000"),
                Arguments.of(
                        Flow.CODEC,
                        new Flow(Protocol.TCP, FlowRole.REPLY, V4, V6, V6, V4, NOBODY, 7, 9, 1, 2, 3, 4, 0x21, 0x4321),
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007"
                                + "fd000001 00020003 00040005 00060007 abcd 0035 0035 abcd 06 01 2100 09000000"
                                + "0200000000000000 0300000000000000 0400000000000000 0100000000000000"
                                + "00000000 00000000 0000ffff 0a010203 00000000 00000000 00000000 00000000"
                                + "07000000 0000 2143"),
                Arguments.of(
                        SockPeer.CODEC,
                        PEER,
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007 abcd 0035 0100f0ff"),
                Arguments.of(
                        SockPeers.CODEC,
                        new SockPeers(2, 3, Collections.nCopies(SockPeers.PEERS, PEER)),
                        "00000000 0200 0300"
                                + ("00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007"
                                                + "abcd 0035 0100f0ff")
                                        .repeat(8)),
                Arguments.of(
                        SockOverflowKey.CODEC,
                        new SockOverflowKey(258, V4),
                        "0201000000000000 00000000 00000000 0000ffff 0a010203 abcd 000000000000"),
                Arguments.of(CgroupKey.CODEC, new CgroupKey(4242), "9210000000000000"),
                Arguments.of(
                        Control.CODEC,
                        new Control(
                                1,
                                2,
                                true,
                                List.of(AddressRange.of(
                                        IpPrefix.parse("10.96.0.0/12").orElseThrow(),
                                        Set.of(AddressRange.Meaning.PODS)))),
                        "01000000 02000000 01000000 01000000 00000000 00000000 0000ffff 0a600000"
                                + "ffffffff ffffffff ffffffff fff00000 04000000 000000000000000000000000"
                                + "00".repeat(7 * 48)),
                Arguments.of(AddressKey.CODEC, new AddressKey(V4.address()), "00000000 00000000 0000ffff 0a010203"),
                Arguments.of(DeviceKey.CODEC, new DeviceKey(258), "02010000"),
                Arguments.of(
                        Device.CODEC,
                        new Device(V4.address(), V6.address(), true),
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007 01000000"
                                + "000000000000000000000000"),
                Arguments.of(
                        SourceRangeKey.CODEC,
                        SourceRangeKey.of(5, IpPrefix.parse("10.0.0.0/8").orElseThrow()),
                        "88000000 05000000 00000000 00000000 0000ffff 0a000000"),
                Arguments.of(
                        AffinityKey.CODEC,
                        new AffinityKey(5, V4.address()),
                        "05000000 00000000 00000000 0000ffff 0a010203"),
                Arguments.of(Affinity.CODEC, new Affinity(9, 3, 258), "09000000 03000000 0201000000000000"),
                Arguments.of(
                        FragmentKey.CODEC,
                        new FragmentKey(V4.address(), V6.address(), 258, 17),
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007 02010000 11 000000"),
                Arguments.of(Fragment.CODEC, new Fragment(40000, 53, 17, 258), "9c40 0035 11 000000 0201000000000000"),
                Arguments.of(PacketCount.CODEC, new PacketCount(3, 180), "0300000000000000 b400000000000000"),
                Arguments.of(
                        OpenedRing.CODEC,
                        new OpenedRing(5, 4, 258),
                        "0500000000000000 0400000000000000 0201000000000000"),
                Arguments.of(TokenBucket.CODEC, new TokenBucket(1, 2), "0100000000000000 0200000000000000"),
                Arguments.of(PolicyControl.CODEC, new PolicyControl(258, PolicyControl.STRICT), "02010000 01000000"),
                Arguments.of(
                        EndpointKey.CODEC,
                        EndpointKey.of(V4.address()),
                        "00000000 00000000 0000ffff 0a010203 00000000"),
                Arguments.of(
                        EndpointKey.CODEC,
                        EndpointKey.ofInterface(258),
                        "00000000 00000000 00000000 00000000 02010000"),
                Arguments.of(
                        Endpoint.CODEC,
                        new Endpoint(
                                new EndpointSide(5, new EndpointSets(1, 2)),
                                new EndpointSide(0xfffe, new EndpointSets(3, 4)),
                                Endpoint.AUDIT),
                        "01000000 02000000 03000000 04000000 0500feff 01000000"),
                Arguments.of(IpcacheEntry.CODEC, new IpcacheEntry(1, 2), "01000000 02000000"),
                Arguments.of(
                        PolicyCidrKey.CODEC,
                        PolicyCidrKey.of(1, IpPrefix.parse("10.0.0.0/8").orElseThrow()),
                        "88000000 01000000 00000000 00000000 0000ffff 0a000000"),
                Arguments.of(
                        PolicyLength.CODEC,
                        PolicyLength.of(20),
                        "34000000 00000000 fffff000 00000000 00000000 00000000"),
                Arguments.of(
                        PolicyLength.CODEC,
                        PolicyLength.of(72),
                        "68000000 00000000 ffffffff ffffffff ff000000 00000000"),
                Arguments.of(
                        PolicyLength.CODEC,
                        PolicyLength.otherwise(3),
                        "20000000 03000000 00000000 00000000 00000000 00000000"),
                Arguments.of(
                        PolicySetEntry.CODEC,
                        new PolicySetEntry(PolicySetEntry.USED | PolicySetEntry.ISOLATED, 1, 2, 3),
                        "03000000 01000000 02000000 03000000"),
                Arguments.of(PolicyPeerKey.CODEC, PolicyPeerKey.anyone(5), "05000000 00000000"),
                Arguments.of(PolicyPeerKey.CODEC, PolicyPeerKey.identity(5, 6), "05000000 06000040"),
                Arguments.of(PolicyPeerKey.CODEC, PolicyPeerKey.cidrClass(5, 6), "05000000 06000080"),
                Arguments.of(PolicyPorts.CODEC, new PolicyPorts(3, 4, 5), "03000000 04000000 05000000"),
                Arguments.of(
                        PolicyStep.CODEC,
                        new PolicyStep(80, PolicyStep.ranked(2, PolicyStep.DENY), PolicyStep.NONE, 7),
                        "50000000 09000000 ffffffff 07000000"),
                Arguments.of(
                        ConnectionKey.CODEC,
                        ConnectionKey.between(58, V6, V4),
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007 abcd 0035 3a 000000"),
                Arguments.of(PolicyFlow.CODEC, FLOW, "01000000 02000000 03000000 04000000 02000000 05000000 02010000"),
                Arguments.of(
                        PolicyConnection.CODEC,
                        new PolicyConnection(Optional.of(ConnectionKey.between(6, V6, V4)), FLOW),
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007 abcd 0035"
                                + "01000000 02000000 03000000 04000000 02000000 05000000 02010000"),
                Arguments.of(
                        PolicyRecent.CODEC,
                        new PolicyRecent(V4, V6, 1, 1, 2, 3, 5, 258),
                        "00000000 00000000 0000ffff 0a010203 fd000001 00020003 00040005 00060007 abcd 0035"
                                + "01000000 01000000 02000000 03000000 05000000 0201000000000000"),
                Arguments.of(Numbers.U32, 258, "02010000"),
                Arguments.of(Numbers.U8, 255, "ff"));
    }

    @ParameterizedTest
    @MethodSource("records")
    <T> void readsAndWritesTheBytesOfC(Codec<T> codec, T value, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        MemorySegment memory = arena.allocate(bytes.length * 2L, 8).fill((byte) 0xee);

        codec.write(memory, bytes.length, value);

        assertThat(codec.size()).isEqualTo(bytes.length);
        assertThat(memory.asSlice(bytes.length).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
        assertThat(memory.asSlice(0, bytes.length).toArray(ValueLayout.JAVA_BYTE))
                .as("bytes before the record")
                .containsOnly(0xee);
        assertThat(codec.read(memory, bytes.length)).isEqualTo(value);
    }

    @Test
    void refusesBytesThatNobodyWrites() {
        MemorySegment ones = arena.allocate(256, 8).fill((byte) 0xff);
        for (Codec<?> codec : new Codec<?>[] {
            FrontendKey.CODEC, Frontend.CODEC, Backend.CODEC, ExtentHeader.CODEC, FlowKey.CODEC, Flow.CODEC
        }) {
            assertThatThrownBy(() -> codec.read(ones, 0)).isInstanceOf(CorruptRecordException.class);
        }
    }

    @Test
    void flowKeysDoNotDependOnDirection() {
        assertThat(FlowKey.between(Protocol.TCP, V4, V6)).isEqualTo(FlowKey.between(Protocol.TCP, V6, V4));
        IpPort one = new IpPort(V4.address(), 1);
        assertThat(FlowKey.between(Protocol.TCP, V4, one).low()).isEqualTo(one);
    }

    @Test
    void recordsReadWell() {
        assertThat(new FrontendKey(V6.address(), 53, Protocol.UDP)).hasToString("UDP [fd00:1:2:3:4:5:6:7]:53");
        assertThat(new Backend(V4.address(), 8080, 1, 0x00200011, 0, true, false))
                .hasToString("10.1.2.3:8080 id 17/2 weight 1 local");
        assertThat(ServiceWord.of(345, 10, true)).hasToString("extent at slot 345, 10 backends, plain");
        assertThat(new Flow(Protocol.TCP, FlowRole.FORWARD, V4, V6, V6, V4, NOBODY, 7, 9, 1, 2, 3, 4, 3, 0))
                .hasToString("forward TCP 10.1.2.3:43981 -> [fd00:1:2:3:4:5:6:7]:53 via [fd00:1:2:3:4:5:6:7]:53"
                        + " service 7 backend 9/0 packets 3 bytes 4 syn answered");
    }
}
