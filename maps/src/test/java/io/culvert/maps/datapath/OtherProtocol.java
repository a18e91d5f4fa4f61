// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketBuilder.ethernet;

import io.culvert.net.Protocol;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Protocols without ports, by IANA's numbers, and packets of them.
enum OtherProtocol {
    IGMP(2),
    IPV4_WITHIN(4),
    IPV6_WITHIN(41),
    GRE(47),
    ESP(50),
    AH(51),
    PIM(103),
    VRRP(112);

    private static final byte[] OPAQUE = new byte[24];

    private final int number;

    OtherProtocol(int number) {
        this.number = number;
    }

    byte[] packet(String from, String to) {
        return builder(from, to).toBytes();
    }

    /// With so many bytes behind the header of IP.
    byte[] packet(String from, String to, int bytes) {
        return ip(from, to).payload(new byte[bytes]).toBytes();
    }

    private PacketBuilder ip(String from, String to) {
        return from.indexOf(':') < 0
                ? ethernet().ipv4(from, to, header -> header.protocol(number))
                : ethernet().ipv6(from, to, header -> header.nextHeader(number));
    }

    PacketBuilder builder(String from, String to) {
        PacketBuilder ip = ip(from, to);
        return switch (this) {
            case IPV4_WITHIN -> ip.embedding(within(PolicyNet.V4));
            case IPV6_WITHIN -> ip.embedding(within(PolicyNet.V6));
            default -> ip.payload(OPAQUE);
        };
    }

    /// A packet that rules with ports may let pass where nothing is around it.
    private static PacketBuilder within(PolicyNet net) {
        return PolicyTalk.of(Protocol.TCP, net.pod, net.remotePod).builder();
    }

    /// Each with every family that has it.
    static Stream<Arguments> withNets() {
        return Arrays.stream(PolicyNet.values())
                .flatMap(net -> Arrays.stream(values())
                        .filter(protocol -> net == PolicyNet.V4 || protocol != IGMP)
                        .map(protocol -> Arguments.of(net, protocol)));
    }
}
