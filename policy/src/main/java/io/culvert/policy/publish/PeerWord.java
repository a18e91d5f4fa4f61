// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyPeerKey;

/// The peers that a set tells apart: a kind in the two upper bits, a number below.
final class PeerWord {

    /// Everyone whom no entry by identity names.
    static final int ANY = 0;

    private static final int SHIFT = 30;
    private static final int IDENTITY = 1;
    private static final int CLASS = 2;

    private PeerWord() {}

    static int identity(int number) {
        return IDENTITY << SHIFT | number;
    }

    static int cidrClass(int number) {
        return CLASS << SHIFT | number;
    }

    static PolicyPeerKey key(int set, int word) {
        if (isIdentity(word)) {
            return PolicyPeerKey.identity(set, number(word));
        }
        return isClass(word) ? PolicyPeerKey.cidrClass(set, number(word)) : PolicyPeerKey.anyone(set);
    }

    static boolean isIdentity(int word) {
        return word >>> SHIFT == IDENTITY;
    }

    static boolean isClass(int word) {
        return word >>> SHIFT == CLASS;
    }

    static int number(int word) {
        return word & ((1 << SHIFT) - 1);
    }
}
