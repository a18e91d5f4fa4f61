// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// A policy set under its number. What it says of peers that some address has never changes; of others,
/// entries come and go.
final class PublishedSet {

    private final int number;
    private final int rules;
    private final SetContent.Frame frame;
    /// As in the kernel, but for what [#grown] says.
    private PeerPorts peers = PeerPorts.NOTHING;
    /// As they will be.
    private PeerPorts wanted;

    private boolean written;

    /// @param rules where its rules' numbers lie in `policy_rules`
    PublishedSet(int number, int rules, SetContent content) {
        this.number = number;
        this.rules = rules;
        frame = content.frame();
        wanted = content.peers();
    }

    int number() {
        return number;
    }

    int rules() {
        return rules;
    }

    SetContent.Frame frame() {
        return frame;
    }

    PeerPorts wanted() {
        return wanted;
    }

    /// Whether the kernel has what is wanted, and nothing else.
    @SuppressWarnings("ReferenceEquality") // one becomes the other
    boolean isSettled() {
        return written && peers == wanted;
    }

    /// Whether it can become this without any verdict being a third one: what comes is about peers that no
    /// address has yet, what goes about peers that no address will have.
    boolean canBecome(SetContent content, IntPredicate unusedNow, IntPredicate unusedThen) {
        return content.peers().allMatch((peer, ports) -> {
                    @Nullable PolicyPorts present = peers.get(peer);
                    return present == null ? unusedNow.test(peer) : ports.equals(present);
                })
                && peers.allMatch((peer, _) -> content.peers().get(peer) != null || unusedThen.test(peer));
    }

    void become(SetContent content) {
        wanted = content.peers().equals(peers) ? peers : content.peers();
    }

    /// Takes back [#become].
    void stay() {
        wanted = peers;
    }

    /// What must be there before anybody has such a peer.
    Map<PolicyPeerKey, PolicyPorts> coming() {
        Map<PolicyPeerKey, PolicyPorts> coming = new HashMap<>();
        if (!isSettled()) {
            wanted.forEach((peer, ports) -> {
                if (!ports.equals(peers.get(peer))) {
                    coming.put(PeerWord.key(number, peer), ports);
                }
            });
        }
        return coming;
    }

    /// What may go when nobody has such a peer any more.
    Set<PolicyPeerKey> going() {
        Set<PolicyPeerKey> going = new HashSet<>();
        if (!isSettled()) {
            peers.forEach((peer, _) -> {
                if (wanted.get(peer) == null) {
                    going.add(PeerWord.key(number, peer));
                }
            });
        }
        return going;
    }

    /// All of its entries in `policy_peers`.
    Set<PolicyPeerKey> keys() {
        Set<PolicyPeerKey> keys = new HashSet<>();
        peers.forEach((peer, _) -> keys.add(PeerWord.key(number, peer)));
        return keys;
    }

    boolean isWritten() {
        return written;
    }

    int size() {
        return peers.size();
    }

    /// [#coming] was written.
    void grown() {
        written = true;
    }

    /// [#going] was removed.
    void shrunk() {
        peers = wanted;
    }
}
