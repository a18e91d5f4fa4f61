// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/// The Services that one unconnected socket has sent to: the value of `sock_peers`.
///
/// @param next where the next peer goes, modulo [#PEERS]; [#PEERS] and more once peers have overflowed
/// @param last the peer that was sent to last
/// @param peers [#PEERS] of them; unused ones are all zero
public record SockPeers(int next, int last, List<SockPeer> peers) {

    /// `SOCK_PEERS`
    public static final int PEERS = 8;

    static final StructLayout LAYOUT = CTypes.struct(
            "sock_peers",
            CTypes.struct("bpf_spin_lock", CTypes.U32.withName("val")).withName("lock"),
            CTypes.U16.withName("next"),
            CTypes.U16.withName("last"),
            MemoryLayout.sequenceLayout(PEERS, SockPeer.LAYOUT).withName("peer"));

    /// `struct sock_peers`
    public static final Codec<SockPeers> CODEC = new SockPeersCodec();

    public SockPeers {
        peers = List.copyOf(peers);
        if (peers.size() != PEERS) {
            throw new IllegalArgumentException(peers.size() + " peers; a socket has " + PEERS);
        }
    }

    private static final class SockPeersCodec implements Codec<SockPeers> {

        private static final VarHandle NEXT = CTypes.member(LAYOUT, "next");
        private static final VarHandle LAST = CTypes.member(LAYOUT, "last");
        private static final long FIRST = CTypes.offset(LAYOUT, "peer");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public SockPeers read(MemorySegment memory, long offset) {
            List<SockPeer> peers = new ArrayList<>(PEERS);
            for (int i = 0; i < PEERS; i++) {
                peers.add(SockPeer.CODEC.read(memory, offset + FIRST + i * SockPeer.CODEC.size()));
            }
            return new SockPeers(
                    Short.toUnsignedInt((short) NEXT.get(memory, offset)),
                    Short.toUnsignedInt((short) LAST.get(memory, offset)),
                    peers);
        }

        @Override
        public void write(MemorySegment memory, long offset, SockPeers value) {
            CTypes.clear(memory, offset, LAYOUT);
            NEXT.set(memory, offset, (short) value.next);
            LAST.set(memory, offset, (short) value.last);
            for (int i = 0; i < PEERS; i++) {
                SockPeer.CODEC.write(memory, offset + FIRST + i * SockPeer.CODEC.size(), value.peers.get(i));
            }
        }
    }
}
