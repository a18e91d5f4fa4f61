// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A backend that a socket has sent to, beyond what `sock_peers` holds: the key of `sock_overflow`.
///
/// @param cookie of the socket, as `bpf_get_socket_cookie` gives it
public record SockOverflowKey(long cookie, IpPort backend) {

    static final StructLayout LAYOUT = CTypes.struct(
            "sock_overflow_key",
            CTypes.U64.withName("cookie"),
            CTypes.IP.withName("backend"),
            CTypes.BE16.withName("backend_port"),
            CTypes.pad(6));

    /// `struct sock_overflow_key`
    public static final Codec<SockOverflowKey> CODEC = new SockOverflowKeyCodec();

    /// For example `socket 4711 10.1.0.3:53`.
    @Override
    public String toString() {
        return "socket " + Long.toUnsignedString(cookie) + " " + backend;
    }

    private static final class SockOverflowKeyCodec implements Codec<SockOverflowKey> {

        private static final VarHandle COOKIE = CTypes.member(LAYOUT, "cookie");
        private static final long BACKEND = CTypes.offset(LAYOUT, "backend");
        private static final VarHandle BACKEND_PORT = CTypes.member(LAYOUT, "backend_port");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public SockOverflowKey read(MemorySegment memory, long offset) {
            return new SockOverflowKey(
                    (long) COOKIE.get(memory, offset),
                    new IpPort(CTypes.readIp(memory, offset + BACKEND), Short.toUnsignedInt((short)
                            BACKEND_PORT.get(memory, offset))));
        }

        @Override
        public void write(MemorySegment memory, long offset, SockOverflowKey key) {
            CTypes.clear(memory, offset, LAYOUT);
            COOKIE.set(memory, offset, key.cookie);
            CTypes.writeIp(memory, offset + BACKEND, key.backend.address());
            BACKEND_PORT.set(memory, offset, (short) key.backend.port());
        }
    }
}
