// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// For whom a set has rules: the key of `policy_peers`.
///
/// @param set index into `policy_sets`
/// @param number of the identity or class, below 1 << 30; 0 for anybody
public record PolicyPeerKey(int set, Kind kind, int number) {

    /// `POLICY_PEER_SHIFT`
    static final int SHIFT = 30;

    /// Whom rules are for.
    public enum Kind {
        /// Rules for everybody: asked for peers that have no identity, or no entry for it in this set.
        ANY(0),
        /// Rules that name an identity, and those for everybody.
        IDENTITY(1),
        /// Rules that name blocks of a class of addresses, and no others.
        CLASS(2);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        /// `POLICY_PEER_*`
        int number() {
            return number;
        }
    }

    static final StructLayout LAYOUT =
            CTypes.struct("policy_peer_key", CTypes.U32.withName("set"), CTypes.U32.withName("peer"));

    /// `struct policy_peer_key`
    public static final Codec<PolicyPeerKey> CODEC = new PolicyPeerKeyCodec();

    public PolicyPeerKey {
        if (number >>> SHIFT != 0) {
            throw new IllegalArgumentException("not the number of a peer: " + Integer.toUnsignedString(number));
        }
    }

    public static PolicyPeerKey anyone(int set) {
        return new PolicyPeerKey(set, Kind.ANY, 0);
    }

    public static PolicyPeerKey identity(int set, int identity) {
        return new PolicyPeerKey(set, Kind.IDENTITY, identity);
    }

    public static PolicyPeerKey cidrClass(int set, int cidrClass) {
        return new PolicyPeerKey(set, Kind.CLASS, cidrClass);
    }

    /// For example `set 3 identity 7`.
    @Override
    public String toString() {
        String peer = switch (kind) {
            case ANY -> "any";
            case IDENTITY -> "identity " + number;
            case CLASS -> "class " + number;
        };
        return "set " + set + " " + peer;
    }

    private static final class PolicyPeerKeyCodec implements Codec<PolicyPeerKey> {

        private static final VarHandle SET = CTypes.member(LAYOUT, "set");
        private static final VarHandle PEER = CTypes.member(LAYOUT, "peer");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyPeerKey read(MemorySegment memory, long offset) {
            int peer = (int) PEER.get(memory, offset);
            Kind kind = Arrays.stream(Kind.values())
                    .filter(one -> one.number == peer >>> SHIFT)
                    .findFirst()
                    .orElseThrow(() ->
                            new CorruptRecordException("policy_peer_key.peer: " + Integer.toUnsignedString(peer)));
            return new PolicyPeerKey((int) SET.get(memory, offset), kind, peer & (1 << SHIFT) - 1);
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyPeerKey key) {
            SET.set(memory, offset, key.set);
            PEER.set(memory, offset, key.kind.number << SHIFT | key.number);
        }
    }
}
