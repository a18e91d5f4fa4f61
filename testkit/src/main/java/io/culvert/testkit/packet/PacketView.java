// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A packet taken apart into named fields. A packet that ends early has the fields of what is there; asking for a
/// field that it lacks is an [IllegalStateException] that shows the packet.
public final class PacketView {

    private final byte[] bytes;
    private final Map<String, Object> fields;
    private final List<String> wrongChecksums;

    PacketView(byte[] bytes, Map<String, Object> fields, List<String> wrongChecksums) {
        this.bytes = bytes;
        this.fields = fields;
        this.wrongChecksums = wrongChecksums;
    }

    /// Reads a packet that begins with an Ethernet header.
    public static PacketView of(byte[] frame) {
        return PacketReader.readFrame(frame);
    }

    /// Reads a packet that begins with its IP header.
    public static PacketView ofIp(byte[] packet) {
        return PacketReader.readIp(packet);
    }

    public String sourceMac() {
        return field("source MAC", String.class);
    }

    public String destinationMac() {
        return field("destination MAC", String.class);
    }

    public Optional<Integer> vlan() {
        return Optional.ofNullable(fields.get("VLAN")).map(Integer.class::cast);
    }

    public IpAddress source() {
        return field("source", IpAddress.class);
    }

    public IpAddress destination() {
        return field("destination", IpAddress.class);
    }

    /// Time to live, or hop limit.
    public int ttl() {
        return number("TTL");
    }

    /// The IP protocol number of the transport header, or of the payload where there is none.
    public int protocol() {
        return number("protocol");
    }

    public int sourcePort() {
        return number("source port");
    }

    public int destinationPort() {
        return number("destination port");
    }

    public Set<TcpFlag> flags() {
        int bits = number("flags");
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        flags.addAll(TcpFlag.of(bits));
        return flags;
    }

    public int sequence() {
        return number("sequence");
    }

    public int acknowledgement() {
        return number("acknowledgement");
    }

    public int icmpType() {
        return number("ICMP type");
    }

    public int icmpCode() {
        return number("ICMP code");
    }

    /// Offset of this fragment in bytes; 0 also where the packet is whole.
    public int fragmentOffset() {
        return fields.containsKey("fragment offset") ? number("fragment offset") : 0;
    }

    /// What follows the last header that was understood; empty for an ICMP error, which has [#embedded].
    public byte[] payload() {
        return HexFormat.of().parseHex(field("payload", String.class));
    }

    /// The packet that an ICMP error carries, however little of it there is.
    public PacketView embedded() {
        return field("embedded packet", PacketView.class);
    }

    /// Each checksum that is not right, with what it should be.
    public List<String> wrongChecksums() {
        return wrongChecksums;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /// Every field with its name, in the order of the packet.
    Map<String, Object> fields() {
        return fields;
    }

    static String show(String name, Object value) {
        return switch (name) {
            case "flags" -> TcpFlag.of((Integer) value).toString();
            case "sequence", "acknowledgement" -> Integer.toUnsignedString((Integer) value);
            default -> name.endsWith("checksum") ? "0x" + Integer.toHexString((Integer) value) : value.toString();
        };
    }

    private int number(String name) {
        return field(name, Integer.class);
    }

    private <T> T field(String name, Class<T> type) {
        Object value = fields.get(name);
        if (value == null) {
            throw new IllegalStateException("the packet has no " + name + ": " + this);
        }
        return type.cast(value);
    }

    @Override
    public String toString() {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + show(field.getKey(), field.getValue()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
