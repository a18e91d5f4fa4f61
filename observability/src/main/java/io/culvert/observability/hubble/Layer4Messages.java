// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.event.Event;
import io.culvert.observability.api.flow.ICMPv4;
import io.culvert.observability.api.flow.ICMPv6;
import io.culvert.observability.api.flow.Layer4;
import io.culvert.observability.api.flow.TCPFlags;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What is above IP: ports, flags, types, and the words for them.
final class Layer4Messages {

    static final int ICMP = 1;
    static final int IGMP = 2;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;
    static final int VRRP = 112;
    static final int SCTP = 132;

    static final int FIN = 1;
    static final int SYN = 1 << 1;
    static final int ACK = 1 << 4;

    private record FlagName(int bit, String name) {}

    /// In the order in which Hubble prints them.
    private static final List<FlagName> FLAGS = List.of(
            new FlagName(SYN, "SYN"),
            new FlagName(ACK, "ACK"),
            new FlagName(1 << 2, "RST"),
            new FlagName(FIN, "FIN"),
            new FlagName(1 << 3, "PSH"),
            new FlagName(1 << 5, "URG"),
            new FlagName(1 << 6, "ECE"),
            new FlagName(1 << 7, "CWR"));

    private static final Map<Integer, String> ICMPV4_TYPES = Map.of(
            0, "EchoReply",
            3, "DestinationUnreachable",
            5, "Redirect",
            8, "EchoRequest",
            11, "TimeExceeded",
            12, "ParameterProblem");

    private static final Map<Integer, String> ICMPV6_TYPES = Map.of(
            1, "DestinationUnreachable",
            2, "PacketTooBig",
            3, "TimeExceeded",
            4, "ParameterProblem",
            128, "EchoRequest",
            129, "EchoReply",
            133, "RouterSolicitation",
            134, "RouterAdvertisement",
            135, "NeighborSolicitation",
            136, "NeighborAdvertisement");

    private Layer4Messages() {}

    /// Empty for protocols that the API has no message for.
    static Optional<Layer4> of(Event event) {
        int source = event.source().port();
        int destination = event.destination().port();
        Layer4.Builder layer = Layer4.newBuilder();
        switch (event.protocol()) {
            case TCP ->
                layer.setTCP(io.culvert
                        .observability
                        .api
                        .flow
                        .TCP
                        .newBuilder()
                        .setSourcePort(source)
                        .setDestinationPort(destination)
                        .setFlags(flags(event.tcpFlags())));
            case UDP ->
                layer.setUDP(io.culvert
                        .observability
                        .api
                        .flow
                        .UDP
                        .newBuilder()
                        .setSourcePort(source)
                        .setDestinationPort(destination));
            case SCTP ->
                layer.setSCTP(io.culvert
                        .observability
                        .api
                        .flow
                        .SCTP
                        .newBuilder()
                        .setSourcePort(source)
                        .setDestinationPort(destination));
            case ICMP ->
                layer.setICMPv4(ICMPv4.newBuilder().setType(event.icmpType()).setCode(event.icmpCode()));
            case ICMPV6 ->
                layer.setICMPv6(ICMPv6.newBuilder().setType(event.icmpType()).setCode(event.icmpCode()));
            case IGMP -> layer.setIGMP(io.culvert.observability.api.flow.IGMP.getDefaultInstance());
            case VRRP -> layer.setVRRP(io.culvert.observability.api.flow.VRRP.getDefaultInstance());
            default -> {
                return Optional.empty();
            }
        }
        return Optional.of(layer.build());
    }

    private static TCPFlags flags(int bits) {
        return TCPFlags.newBuilder()
                .setFIN((bits & FIN) != 0)
                .setSYN((bits & SYN) != 0)
                .setRST((bits & 1 << 2) != 0)
                .setPSH((bits & 1 << 3) != 0)
                .setACK((bits & ACK) != 0)
                .setURG((bits & 1 << 5) != 0)
                .setECE((bits & 1 << 6) != 0)
                .setCWR((bits & 1 << 7) != 0)
                .build();
    }

    /// As Hubble's clients print it: `TCP Flags: SYN, ACK`, `UDP`, `ICMPv4 EchoRequest`.
    static String summary(Event event) {
        return switch (event.protocol()) {
            case TCP -> event.tcpFlags() == 0 ? "TCP" : "TCP Flags: " + names(event.tcpFlags());
            case UDP -> "UDP";
            case SCTP -> "SCTP";
            case ICMP -> "ICMPv4 " + type(ICMPV4_TYPES, event.icmpType());
            case ICMPV6 -> "ICMPv6 " + type(ICMPV6_TYPES, event.icmpType());
            case IGMP -> "IGMP";
            case VRRP -> "VRRP";
            default -> "protocol " + event.protocol();
        };
    }

    private static String names(int bits) {
        return FLAGS.stream()
                .filter(flag -> (bits & flag.bit) != 0)
                .map(FlagName::name)
                .collect(Collectors.joining(", "));
    }

    private static String type(Map<Integer, String> names, int type) {
        return names.getOrDefault(type, "type " + type);
    }
}
