// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// Builds a packet header by header, outermost first. Lengths, protocol numbers and checksums are right unless a
/// header was told otherwise.
///
/// ```java
/// byte[] syn = PacketBuilder.ethernet().ip("10.1.0.2", "10.96.0.10").tcp(40000, 80, SYN).toBytes();
/// byte[] odd = PacketBuilder.ethernet()
///         .ipv4("10.1.0.2", "10.96.0.10", ip -> ip.ttl(1).options(7, 3, 4))
///         .udp(40000, 53, udp -> udp.withoutChecksum())
///         .payload("question")
///         .toBytes();
/// ```
public final class PacketBuilder {

    private final List<Layer> layers;

    private PacketBuilder(List<Layer> layers) {
        this.layers = layers;
    }

    /// A frame from 02:00:00:00:00:01 to 02:00:00:00:00:02.
    public static PacketBuilder ethernet() {
        return ethernet(frame -> frame);
    }

    public static PacketBuilder ethernet(UnaryOperator<Ethernet> headers) {
        return bare().with(headers.apply(new Ethernet()));
    }

    /// A packet that begins with its IP header: what ICMP errors carry, and what devices without Ethernet see.
    public static PacketBuilder bare() {
        return new PacketBuilder(List.of());
    }

    public PacketBuilder vlan(int id) {
        return with(new Vlan(id));
    }

    /// An IP header of the family that the addresses have.
    public PacketBuilder ip(IpAddress source, IpAddress destination) {
        return with(source.isV4() ? new Ipv4(source, destination) : new Ipv6(source, destination));
    }

    public PacketBuilder ip(String source, String destination) {
        return ip(IpAddress.of(source), IpAddress.of(destination));
    }

    public PacketBuilder ipv4(String source, String destination, UnaryOperator<Ipv4> header) {
        return with(header.apply(new Ipv4(IpAddress.of(source), IpAddress.of(destination))));
    }

    public PacketBuilder ipv6(String source, String destination, UnaryOperator<Ipv6> header) {
        return with(header.apply(new Ipv6(IpAddress.of(source), IpAddress.of(destination))));
    }

    public PacketBuilder extension(Ipv6Extension header) {
        return with(header);
    }

    public PacketBuilder tcp(int sourcePort, int destinationPort, TcpFlag... flags) {
        return with(new Tcp(sourcePort, destinationPort).flags(flags));
    }

    public PacketBuilder tcp(int sourcePort, int destinationPort, UnaryOperator<Tcp> header) {
        return with(header.apply(new Tcp(sourcePort, destinationPort)));
    }

    public PacketBuilder udp(int sourcePort, int destinationPort) {
        return udp(sourcePort, destinationPort, udp -> udp);
    }

    public PacketBuilder udp(int sourcePort, int destinationPort, UnaryOperator<Udp> header) {
        return with(header.apply(new Udp(sourcePort, destinationPort)));
    }

    public PacketBuilder sctp(int sourcePort, int destinationPort) {
        return sctp(sourcePort, destinationPort, sctp -> sctp);
    }

    public PacketBuilder sctp(int sourcePort, int destinationPort, UnaryOperator<Sctp> header) {
        return with(header.apply(new Sctp(sourcePort, destinationPort)));
    }

    /// ICMP after an IPv4 header, ICMPv6 after an IPv6 header.
    public PacketBuilder icmp(int type, int code) {
        return icmp(type, code, icmp -> icmp);
    }

    public PacketBuilder icmp(int type, int code, UnaryOperator<Icmp> header) {
        return with(header.apply(new Icmp(type, code)));
    }

    /// Carries another packet from its IP header on, as ICMP errors do; its own Ethernet header is left out.
    public PacketBuilder embedding(PacketBuilder packet) {
        List<Layer> inner = packet.layers.stream()
                .filter(layer -> !(layer instanceof Ethernet) && !(layer instanceof Vlan))
                .toList();
        return payload(Encoding.bytes(inner));
    }

    public PacketBuilder payload(byte[] bytes) {
        return with(new Payload(bytes));
    }

    public PacketBuilder payload(String text) {
        return payload(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] toBytes() {
        return Encoding.bytes(layers);
    }

    /// The first `length` bytes of the packet: a fault that programs must survive.
    public byte[] truncatedTo(int length) {
        return Arrays.copyOf(toBytes(), length);
    }

    /// The packet in fragments, in order. IPv4 options stay behind, as options that are not copied do.
    ///
    /// @param size bytes of the fragmented part in each fragment but the last, a multiple of 8
    public List<byte[]> fragments(int size) {
        return Fragmentation.of(layers, size).stream().map(Encoding::bytes).toList();
    }

    private PacketBuilder with(Layer layer) {
        List<Layer> more = new ArrayList<>(layers);
        more.add(layer);
        return new PacketBuilder(List.copyOf(more));
    }
}
