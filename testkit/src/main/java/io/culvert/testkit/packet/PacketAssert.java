// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/// Assertions on a packet. A failure names the field, what was expected and what was there, and shows the packet.
public final class PacketAssert extends AbstractAssert<PacketAssert, PacketView> {

    private PacketAssert(PacketView actual) {
        super(actual, PacketAssert.class);
    }

    /// @param frame a packet that begins with an Ethernet header
    public static PacketAssert assertThatPacket(byte[] frame) {
        return new PacketAssert(PacketView.of(frame));
    }

    public static PacketAssert assertThatPacket(PacketView packet) {
        return new PacketAssert(packet);
    }

    public PacketAssert hasSource(String address) {
        return has("source", IpAddress.of(address));
    }

    public PacketAssert hasSource(String address, int port) {
        return hasSource(address).hasSourcePort(port);
    }

    public PacketAssert hasSourcePort(int port) {
        return has("source port", port);
    }

    public PacketAssert hasSourcePortBetween(int first, int last) {
        int port = actual.sourcePort();
        if (port < first || port > last) {
            failWithMessage("source port: expected %s to %s but was %s in %s", first, last, port, actual);
        }
        return this;
    }

    public PacketAssert hasDestination(String address) {
        return has("destination", IpAddress.of(address));
    }

    public PacketAssert hasDestination(String address, int port) {
        return hasDestination(address).hasDestinationPort(port);
    }

    public PacketAssert hasDestinationPort(int port) {
        return has("destination port", port);
    }

    public PacketAssert hasSourceMac(String mac) {
        return has("source MAC", mac);
    }

    public PacketAssert hasDestinationMac(String mac) {
        return has("destination MAC", mac);
    }

    public PacketAssert hasTtl(int ttl) {
        return has("TTL", ttl);
    }

    public PacketAssert isTcp() {
        return has("protocol", Tcp.NUMBER);
    }

    public PacketAssert isUdp() {
        return has("protocol", Udp.NUMBER);
    }

    public PacketAssert isSctp() {
        return has("protocol", Sctp.NUMBER);
    }

    /// Exactly these flags.
    public PacketAssert hasFlags(TcpFlag... flags) {
        Set<TcpFlag> expected = EnumSet.noneOf(TcpFlag.class);
        expected.addAll(Arrays.asList(flags));
        if (!actual.flags().equals(expected)) {
            failWithMessage("flags: expected %s but was %s in %s", expected, actual.flags(), actual);
        }
        return this;
    }

    /// @param sequence as an unsigned 32-bit number
    public PacketAssert hasSequence(long sequence) {
        return has("sequence", (int) sequence);
    }

    /// @param acknowledgement as an unsigned 32-bit number
    public PacketAssert hasAcknowledgement(long acknowledgement) {
        return has("acknowledgement", (int) acknowledgement);
    }

    /// ICMP or ICMPv6, whichever goes with the addresses.
    public PacketAssert isIcmp(int type, int code) {
        has("protocol", actual.source().isV4() ? Icmp.V4_NUMBER : Icmp.V6_NUMBER);
        return has("ICMP type", type).has("ICMP code", code);
    }

    public PacketAssert hasPayload(String text) {
        String payload = new String(actual.payload(), StandardCharsets.UTF_8);
        if (!payload.equals(text)) {
            failWithMessage("payload: expected \"%s\" but was \"%s\" in %s", text, payload, actual);
        }
        return this;
    }

    /// The packet that this ICMP error carries.
    public PacketAssert embedded() {
        return new PacketAssert(actual.embedded());
    }

    /// Every checksum that the packet has is right, and IPv6 UDP has one.
    public PacketAssert checksumsAreRight() {
        if (!actual.wrongChecksums().isEmpty()) {
            failWithMessage("%s in %s", String.join("; ", actual.wrongChecksums()), actual);
        }
        return this;
    }

    /// The same bytes; a difference is reported by the names of the fields.
    ///
    /// @param expected a packet that begins as the actual one does, with Ethernet or with IP
    public PacketAssert isIdenticalTo(byte[] expected) {
        if (Arrays.equals(actual.toBytes(), expected)) {
            return this;
        }
        boolean frame = actual.fields().containsKey("EtherType");
        PacketView other = frame ? PacketView.of(expected) : PacketView.ofIp(expected);
        List<String> differences = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>(other.fields().keySet());
        names.addAll(actual.fields().keySet());
        for (String name : names) {
            String wanted = show(other, name);
            String found = show(actual, name);
            if (!wanted.equals(found)) {
                differences.add("%s: expected %s but was %s".formatted(name, wanted, found));
            }
        }
        if (differences.isEmpty()) {
            int offset = Arrays.mismatch(actual.toBytes(), expected);
            differences.add("a byte that belongs to no named field, at offset " + offset);
        }
        failWithMessage("%s", "packets differ:\n  " + String.join("\n  ", differences) + "\nin " + actual);
        return this;
    }

    private PacketAssert has(String name, Object expected) {
        String wanted = PacketView.show(name, expected);
        String found = show(actual, name);
        if (!found.equals(wanted)) {
            failWithMessage("%s: expected %s but was %s in %s", name, wanted, found, actual);
        }
        return this;
    }

    private static String show(PacketView packet, String name) {
        @Nullable Object value = packet.fields().get(name);
        return value == null ? "absent" : PacketView.show(name, value);
    }
}
