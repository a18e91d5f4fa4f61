// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Takes the transport header at the buffer's position apart and checks its checksum where the packet is whole.
final class TransportReader {

    private final byte[] bytes;
    private final ByteBuffer in;
    private final Map<String, Object> fields;
    private final List<String> wrongChecksums;
    private final boolean whole;
    private final Layer.Ends ends;
    private final int protocol;
    private final int start;

    TransportReader(
            byte[] bytes, ByteBuffer in, Map<String, Object> fields, List<String> wrongChecksums, boolean whole) {
        this.bytes = bytes;
        this.in = in;
        this.fields = fields;
        this.wrongChecksums = wrongChecksums;
        this.whole = whole;
        this.ends = new Layer.Ends(get("source", IpAddress.class), get("destination", IpAddress.class));
        this.protocol = get("protocol", Integer.class);
        this.start = in.position();
    }

    void read() {
        switch (protocol) {
            case Tcp.NUMBER -> tcp();
            case Udp.NUMBER -> udp();
            case Sctp.NUMBER -> sctp();
            case Icmp.V4_NUMBER, Icmp.V6_NUMBER -> icmp();
            default -> {}
        }
    }

    private void tcp() {
        if (!ports() || in.limit() - start < 20) {
            return;
        }
        int headerLength = Math.min((in.get(start + 12) & 0xf0) >>> 2, in.limit() - start);
        fields.put("sequence", in.getInt(start + 4));
        fields.put("acknowledgement", in.getInt(start + 8));
        fields.put("flags", in.get(start + 13) & 0xff);
        fields.put("window", in.getShort(start + 14) & 0xffff);
        fields.put("TCP checksum", in.getShort(start + 16) & 0xffff);
        if (headerLength > 20) {
            fields.put("TCP options", HexFormat.of().formatHex(bytes, start + 20, start + headerLength));
        }
        checkInternet("TCP checksum", true);
        in.position(start + Math.max(headerLength, 20));
    }

    private void udp() {
        if (!ports() || in.limit() - start < 8) {
            return;
        }
        int checksum = in.getShort(start + 6) & 0xffff;
        fields.put("UDP length", in.getShort(start + 4) & 0xffff);
        fields.put("UDP checksum", checksum);
        if (checksum != 0) {
            checkInternet("UDP checksum", true);
        } else if (!ends.source().isV4()) {
            wrongChecksums.add("UDP checksum is zero, which IPv6 forbids (RFC 8200 section 8.1)");
        }
        in.position(start + 8);
    }

    private void sctp() {
        if (!ports() || in.limit() - start < 16) {
            return;
        }
        int checksum = in.getInt(start + 8);
        fields.put("verification tag", in.getInt(start + 4));
        fields.put("SCTP checksum", checksum);
        fields.put("chunk type", in.get(start + 12) & 0xff);
        byte[] zeroed = Arrays.copyOfRange(bytes, start, in.limit());
        Arrays.fill(zeroed, 8, 12, (byte) 0);
        int right = Checksum.sctp(zeroed, 0, zeroed.length);
        if (whole && right != checksum) {
            wrongChecksums.add("SCTP checksum is 0x%08x, should be 0x%08x".formatted(checksum, right));
        }
        in.position(start + 16);
    }

    private void icmp() {
        if (in.limit() - start < 8) {
            return;
        }
        int type = in.get(start) & 0xff;
        fields.put("ICMP type", type);
        fields.put("ICMP code", in.get(start + 1) & 0xff);
        fields.put("ICMP checksum", in.getShort(start + 2) & 0xffff);
        fields.put("ICMP word", in.getInt(start + 4));
        checkInternet("ICMP checksum", protocol == Icmp.V6_NUMBER);
        in.position(start + 8);
        if (Icmp.isError(protocol, type)) {
            fields.put("embedded packet", PacketReader.readIp(Arrays.copyOfRange(bytes, in.position(), in.limit())));
            in.position(in.limit());
        }
    }

    private boolean ports() {
        if (in.limit() - start < 4) {
            return false;
        }
        fields.put("source port", in.getShort(start) & 0xffff);
        fields.put("destination port", in.getShort(start + 2) & 0xffff);
        return true;
    }

    private void checkInternet(String name, boolean pseudoHeader) {
        if (!whole) {
            return;
        }
        int length = in.limit() - start;
        int residue = pseudoHeader
                ? Checksum.transport(ends, protocol, bytes, start, length)
                : Checksum.internet(bytes, start, length);
        if (residue != 0) {
            wrongChecksums.add(name + " is wrong by 0x" + Integer.toHexString(residue));
        }
    }

    private <T> T get(String name, Class<T> type) {
        Object value = fields.get(name);
        if (value == null) {
            throw new IllegalStateException("the network layer was not read: no " + name);
        }
        return type.cast(value);
    }
}
