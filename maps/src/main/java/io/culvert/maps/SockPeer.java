// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Which Service address stands for which backend in one socket: the value of `sock_peer` and `sock_overflow`.
public record SockPeer(IpPort backend, IpPort service, int backendId) {

    static final StructLayout LAYOUT = CTypes.struct(
            "sock_peer",
            CTypes.IP.withName("backend"),
            CTypes.IP.withName("service"),
            CTypes.BE16.withName("backend_port"),
            CTypes.BE16.withName("service_port"),
            CTypes.U32.withName("backend_id"));

    /// `struct sock_peer`
    public static final Codec<SockPeer> CODEC = new SockPeerCodec();

    /// For example `10.96.0.10:53 via 10.1.0.3:53 id 17/0`.
    @Override
    public String toString() {
        return service + " via " + backend + " id " + BackendIds.text(backendId);
    }

    private static final class SockPeerCodec implements Codec<SockPeer> {

        private static final long BACKEND = CTypes.offset(LAYOUT, "backend");
        private static final long SERVICE = CTypes.offset(LAYOUT, "service");
        private static final VarHandle BACKEND_PORT = CTypes.member(LAYOUT, "backend_port");
        private static final VarHandle SERVICE_PORT = CTypes.member(LAYOUT, "service_port");
        private static final VarHandle BACKEND_ID = CTypes.member(LAYOUT, "backend_id");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public SockPeer read(MemorySegment memory, long offset) {
            return new SockPeer(
                    new IpPort(CTypes.readIp(memory, offset + BACKEND), Short.toUnsignedInt((short)
                            BACKEND_PORT.get(memory, offset))),
                    new IpPort(CTypes.readIp(memory, offset + SERVICE), Short.toUnsignedInt((short)
                            SERVICE_PORT.get(memory, offset))),
                    (int) BACKEND_ID.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, SockPeer peer) {
            CTypes.writeIp(memory, offset + BACKEND, peer.backend.address());
            CTypes.writeIp(memory, offset + SERVICE, peer.service.address());
            BACKEND_PORT.set(memory, offset, (short) peer.backend.port());
            SERVICE_PORT.set(memory, offset, (short) peer.service.port());
            BACKEND_ID.set(memory, offset, peer.backendId);
        }
    }
}
