// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A backend in an extent.
///
/// @param port 0 to 65535
/// @param weight 0 to 65535; 1 where nothing else is asked for
/// @param id names one {service port, address, port}; from [BackendIds]
/// @param zone 0 to 255; 0 is unknown
/// @param local whether it is on this node
/// @param terminating whether it is chosen only because nothing else is usable
public record Backend(IpAddress address, int port, int weight, int id, int zone, boolean local, boolean terminating) {

    static final int LOCAL = 1;
    static final int TERMINATING = 1 << 1;

    static final StructLayout LAYOUT = CTypes.struct(
            "backend",
            CTypes.IP.withName("address"),
            CTypes.BE16.withName("port"),
            CTypes.U16.withName("weight"),
            CTypes.U32.withName("id"),
            CTypes.U8.withName("zone"),
            CTypes.U8.withName("flags"),
            CTypes.pad(6));

    /// `struct backend`
    public static final Codec<Backend> CODEC = new BackendCodec();

    public Backend {
        IpPort.requirePort(port);
        if (weight < 0 || weight > 0xffff) {
            throw new IllegalArgumentException("not a weight: " + weight);
        }
        if (zone < 0 || zone > 0xff) {
            throw new IllegalArgumentException("not a zone: " + zone);
        }
    }

    /// For example `10.1.0.3:8080 id 17/2 weight 1 zone 3 local terminating`; an id is shown as index/reuse count.
    @Override
    public String toString() {
        return new IpPort(address, port) + " id " + BackendIds.text(id) + " weight " + weight
                + (zone == 0 ? "" : " zone " + zone)
                + (local ? " local" : "")
                + (terminating ? " terminating" : "");
    }

    private static final class BackendCodec implements Codec<Backend> {

        private static final long ADDRESS = CTypes.offset(LAYOUT, "address");
        private static final VarHandle PORT = CTypes.member(LAYOUT, "port");
        private static final VarHandle WEIGHT = CTypes.member(LAYOUT, "weight");
        private static final VarHandle ID = CTypes.member(LAYOUT, "id");
        private static final VarHandle ZONE = CTypes.member(LAYOUT, "zone");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Backend read(MemorySegment memory, long offset) {
            int flags = Byte.toUnsignedInt((byte) FLAGS.get(memory, offset));
            if ((flags & ~(LOCAL | TERMINATING)) != 0) {
                throw new CorruptRecordException("backend.flags: 0x" + Integer.toHexString(flags));
            }
            return new Backend(
                    CTypes.readIp(memory, offset + ADDRESS),
                    Short.toUnsignedInt((short) PORT.get(memory, offset)),
                    Short.toUnsignedInt((short) WEIGHT.get(memory, offset)),
                    (int) ID.get(memory, offset),
                    Byte.toUnsignedInt((byte) ZONE.get(memory, offset)),
                    (flags & LOCAL) != 0,
                    (flags & TERMINATING) != 0);
        }

        @Override
        public void write(MemorySegment memory, long offset, Backend backend) {
            CTypes.clear(memory, offset, LAYOUT);
            CTypes.writeIp(memory, offset + ADDRESS, backend.address);
            PORT.set(memory, offset, (short) backend.port);
            WEIGHT.set(memory, offset, (short) backend.weight);
            ID.set(memory, offset, backend.id);
            ZONE.set(memory, offset, (byte) backend.zone);
            FLAGS.set(memory, offset, (byte) ((backend.local ? LOCAL : 0) | (backend.terminating ? TERMINATING : 0)));
        }
    }
}
