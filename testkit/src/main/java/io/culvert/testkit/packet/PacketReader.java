// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Takes a packet apart, link layer and network layer; [TransportReader] does the rest.
final class PacketReader {

    private final ByteBuffer in;
    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final List<String> wrongChecksums = new ArrayList<>();

    private PacketReader(byte[] bytes) {
        this.in = ByteBuffer.wrap(bytes);
    }

    static PacketView readFrame(byte[] frame) {
        PacketReader reader = new PacketReader(frame);
        reader.ethernet();
        return reader.finish();
    }

    static PacketView readIp(byte[] packet) {
        PacketReader reader = new PacketReader(packet);
        reader.network();
        return reader.finish();
    }

    private PacketView finish() {
        if (!fields.containsKey("embedded packet") || in.hasRemaining()) {
            fields.put("payload", HexFormat.of().formatHex(in.array(), in.position(), in.limit()));
        }
        if (in.limit() < in.capacity()) {
            fields.put("trailer", HexFormat.of().formatHex(in.array(), in.limit(), in.capacity()));
        }
        return new PacketView(in.array(), fields, wrongChecksums);
    }

    private void ethernet() {
        if (in.remaining() < 14) {
            return;
        }
        byte[] mac = new byte[6];
        in.get(mac);
        fields.put("destination MAC", Ethernet.format(mac));
        in.get(mac);
        fields.put("source MAC", Ethernet.format(mac));
        int etherType = in.getShort() & 0xffff;
        if (etherType == Vlan.ETHER_TYPE && in.remaining() >= 4) {
            fields.put("VLAN", in.getShort() & 0xfff);
            etherType = in.getShort() & 0xffff;
        }
        fields.put("EtherType", etherType);
        if (etherType == Ipv4.ETHER_TYPE || etherType == Ipv6.ETHER_TYPE) {
            network();
        }
    }

    private void network() {
        int version = in.hasRemaining() ? (in.get(in.position()) & 0xf0) >>> 4 : 0;
        if (version == 4 && in.remaining() >= 20) {
            ipv4();
        } else if (version == 6 && in.remaining() >= 40) {
            ipv6();
        }
    }

    private void ipv4() {
        int start = in.position();
        int headerLength = Math.min((in.get(start) & 0xf) * 4, in.remaining());
        int totalLength = in.getShort(start + 2) & 0xffff;
        int fragment = in.getShort(start + 6) & 0xffff;
        fields.put("header length", headerLength);
        fields.put("total length", totalLength);
        fields.put("traffic class", in.get(start + 1) & 0xff);
        fields.put("identification", in.getShort(start + 4) & 0xffff);
        fields.put("do not fragment", (fragment & 0x4000) != 0);
        fields.put("more fragments", (fragment & 0x2000) != 0);
        fields.put("fragment offset", (fragment & 0x1fff) * 8);
        fields.put("TTL", in.get(start + 8) & 0xff);
        fields.put("protocol", in.get(start + 9) & 0xff);
        fields.put("IPv4 checksum", in.getShort(start + 10) & 0xffff);
        fields.put("source", IpAddress.ofV4(in.getInt(start + 12)));
        fields.put("destination", IpAddress.ofV4(in.getInt(start + 16)));
        if (headerLength > 20) {
            fields.put("options", HexFormat.of().formatHex(in.array(), start + 20, start + headerLength));
        }
        int residue = Checksum.internet(in.array(), start, headerLength);
        if (residue != 0) {
            wrongChecksums.add("IPv4 checksum is wrong by 0x" + Integer.toHexString(residue));
        }
        in.limit(Math.min(in.limit(), start + Math.max(totalLength, headerLength)));
        in.position(start + headerLength);
        transport(start + totalLength <= in.capacity() && (fragment & 0x3fff) == 0);
    }

    private void ipv6() {
        int start = in.position();
        int first = in.getInt(start);
        int payloadLength = in.getShort(start + 4) & 0xffff;
        fields.put("traffic class", first >>> 20 & 0xff);
        fields.put("flow label", first & 0xfffff);
        fields.put("payload length", payloadLength);
        fields.put("TTL", in.get(start + 7) & 0xff);
        byte[] address = new byte[16];
        in.get(start + 8, address);
        fields.put("source", IpAddress.ofBytes(address));
        in.get(start + 24, address);
        fields.put("destination", IpAddress.ofBytes(address));
        in.limit(Math.min(in.limit(), start + 40 + payloadLength));
        in.position(start + 40);
        boolean whole = extensions(in.get(start + 6) & 0xff);
        transport(whole && start + 40 + payloadLength <= in.capacity());
    }

    /// Steps over extension headers; whether the packet is whole, not a fragment.
    private boolean extensions(int first) {
        int protocol = first;
        boolean whole = true;
        List<Integer> extensions = new ArrayList<>();
        while (Ipv6Extension.isExtension(protocol) && in.remaining() >= 8) {
            extensions.add(protocol);
            int start = in.position();
            int length = 8;
            if (protocol == Ipv6Extension.FRAGMENT) {
                int fragment = in.getShort(start + 2) & 0xffff;
                fields.put("fragment offset", fragment & 0xfff8);
                fields.put("more fragments", (fragment & 1) != 0);
                fields.put("identification", in.getInt(start + 4));
                whole &= (fragment & 0xfff9) == 0;
            } else {
                length += (in.get(start + 1) & 0xff) * 8;
            }
            protocol = in.get(start) & 0xff;
            in.position(Math.min(start + length, in.limit()));
        }
        if (!extensions.isEmpty()) {
            fields.put("extension headers", extensions);
        }
        fields.put("protocol", protocol);
        return whole;
    }

    private void transport(boolean whole) {
        Object offset = fields.getOrDefault("fragment offset", 0);
        if (offset.equals(0)) {
            new TransportReader(in.array(), in, fields, wrongChecksums, whole).read();
        }
    }
}
