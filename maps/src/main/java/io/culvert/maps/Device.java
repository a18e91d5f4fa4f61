// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What programs know of the interface that they are attached to: the value of `devices`.
///
/// @param ipv4 source of connections that are masqueraded out of it; unspecified: the node's primary address
/// @param ipv6 the same for IPv6
/// @param pods whether what enters here comes from a pod, for the sake of local-traffic detection
public record Device(IpAddress ipv4, IpAddress ipv6, boolean pods) {

    static final int PODS = 1;

    static final StructLayout LAYOUT = CTypes.struct(
            "device",
            CTypes.IP.withName("ipv4"),
            CTypes.IP.withName("ipv6"),
            CTypes.U32.withName("flags"),
            CTypes.pad(12));

    /// `struct device`
    public static final Codec<Device> CODEC = new DeviceCodec();

    /// For example `masquerades as 192.0.2.1 and fd00::1, pods`.
    @Override
    public String toString() {
        return "masquerades as " + ipv4 + " and " + ipv6 + (pods ? ", pods" : "");
    }

    private static final class DeviceCodec implements Codec<Device> {

        private static final long IPV4 = CTypes.offset(LAYOUT, "ipv4");
        private static final long IPV6 = CTypes.offset(LAYOUT, "ipv6");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Device read(MemorySegment memory, long offset) {
            int flags = (int) FLAGS.get(memory, offset);
            if ((flags & ~PODS) != 0) {
                throw new CorruptRecordException("device.flags: 0x" + Integer.toHexString(flags));
            }
            return new Device(
                    CTypes.readIp(memory, offset + IPV4), CTypes.readIp(memory, offset + IPV6), flags == PODS);
        }

        @Override
        public void write(MemorySegment memory, long offset, Device device) {
            CTypes.clear(memory, offset, LAYOUT);
            CTypes.writeIp(memory, offset + IPV4, device.ipv4);
            CTypes.writeIp(memory, offset + IPV6, device.ipv6);
            FLAGS.set(memory, offset, device.pods ? PODS : 0);
        }
    }
}
