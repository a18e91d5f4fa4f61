// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.AddressKey;
import io.culvert.maps.IpcacheEntry;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;

/// Which peers no address has: now, on either side, and when what is desired is there.
final class UnusedPeers {

    private final BitSet identitiesNow = new BitSet();
    private final BitSet classesNow = new BitSet();
    private final BitSet identitiesThen = new BitSet();
    private final BitSet classesThen = new BitSet();

    UnusedPeers(
            Collection<IpcacheEntry> ipcache,
            Collection<Integer> cidrs,
            Map<AddressKey, Integer> ipcacheThen,
            Map<CidrPrefix, Integer> cidrsThen) {
        ipcache.forEach(entry -> {
            identitiesNow.set(entry.side0());
            identitiesNow.set(entry.side1());
        });
        cidrs.forEach(classesNow::set);
        ipcacheThen.values().forEach(identitiesThen::set);
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
