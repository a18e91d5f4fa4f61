// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A TCP socket that was given a backend: the value of `sock_connected`.
///
/// @param time when it connected, nanoseconds of CLOCK_MONOTONIC; 0: nobody asked
/// @param service index into `services`
public record SockConnected(SockPeer peer, long time, int service) {

    static final StructLayout LAYOUT = CTypes.struct(
            "sock_connected",
            SockPeer.LAYOUT.withName("peer"),
            CTypes.U64.withName("time"),
            CTypes.U32.withName("service"),
            CTypes.pad(4));

    /// `struct sock_connected`
    public static final Codec<SockConnected> CODEC = new SockConnectedCodec();

    private static final class SockConnectedCodec implements Codec<SockConnected> {

        private static final long PEER = CTypes.offset(LAYOUT, "peer");
        private static final VarHandle TIME = CTypes.member(LAYOUT, "time");
        private static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public SockConnected read(MemorySegment memory, long offset) {
            return new SockConnected(SockPeer.CODEC.read(memory, offset + PEER), (long) TIME.get(memory, offset), (int)
                    SERVICE.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, SockConnected connected) {
            SockPeer.CODEC.write(memory, offset + PEER, connected.peer);
            TIME.set(memory, offset, connected.time);
            SERVICE.set(memory, offset, connected.service);
        }
    }
}
