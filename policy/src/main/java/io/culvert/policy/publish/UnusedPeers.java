// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import java.util.BitSet;
import java.util.Collection;
import java.util.Map;

/// Which peers no address has: now, on either side, and when what is desired is there.
final class UnusedPeers {

    private final BitSet identitiesNow;
    private final BitSet classesNow = new BitSet();
    private final BitSet identitiesThen;
    private final BitSet classesThen = new BitSet();

    /// @param identitiesNow numbers that some address has on either side
    /// @param cidrs numbers of classes that some block has on either side
    UnusedPeers(
            BitSet identitiesNow,
            Collection<Integer> cidrs,
            BitSet identitiesThen,
            Map<CidrPrefix, Integer> cidrsThen) {
        this.identitiesNow = identitiesNow;
        this.identitiesThen = identitiesThen;
        cidrs.forEach(classesNow::set);
        cidrsThen.values().forEach(classesThen::set);
    }

    boolean now(int peer) {
        return unused(peer, identitiesNow, classesNow);
    }

    boolean then(int peer) {
        return unused(peer, identitiesThen, classesThen);
    }

    private static boolean unused(int peer, BitSet identities, BitSet classes) {
        int number = PeerWord.number(peer);
        return (PeerWord.isIdentity(peer) && !identities.get(number))
                || (PeerWord.isClass(peer) && !classes.get(number));
    }
}
