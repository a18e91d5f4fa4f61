// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/// A policy set under its number. What it says of peers that some address has never changes; of others,
/// entries come and go.
final class PublishedSet {

    private final int number;
    private final int rules;
    private final SetContent.Frame frame;
    /// As in the kernel.
    private final Map<Integer, PolicyPorts> peers = new HashMap<>();
    /// As they will be.
    private Map<Integer, PolicyPorts> wanted;

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

    Map<Integer, PolicyPorts> wanted() {
        return wanted;
    }

    /// Whether it can become this without any verdict being a third one: what comes is about peers that no
    /// address has yet, what goes about peers that no address will have.
    boolean canBecome(SetContent content, IntPredicate unusedNow, IntPredicate unusedThen) {
        return content.peers().entrySet().stream()
                        .allMatch(entry -> peers.containsKey(entry.getKey())
                                ? entry.getValue().equals(peers.get(entry.getKey()))
                                : unusedNow.test(entry.getKey()))
                && peers.keySet().stream().allMatch(peer -> content.peers().containsKey(peer) || unusedThen.test(peer));
    }

    void become(SetContent content) {
        wanted = content.peers();
    }

    /// Takes back [#become].
    void stay() {
        wanted = Map.copyOf(peers);
    }

    /// What must be there before anybody has such a peer.
    Map<PolicyPeerKey, PolicyPorts> coming() {
        Map<PolicyPeerKey, PolicyPorts> coming = new HashMap<>();
        wanted.forEach((peer, ports) -> {
            if (!ports.equals(peers.get(peer))) {
                coming.put(PeerWord.key(number, peer), ports);
            }
        });
        return coming;
    }

    /// What may go when nobody has such a peer any more.
    Set<PolicyPeerKey> going() {
        Set<PolicyPeerKey> going = new HashSet<>();
        peers.keySet().forEach(peer -> {
            if (!wanted.containsKey(peer)) {
                going.add(PeerWord.key(number, peer));
            }
        });
        return going;
    }

    /// All of its entries in `policy_peers`.
    Set<PolicyPeerKey> keys() {
        Set<PolicyPeerKey> keys = new HashSet<>();
        peers.keySet().forEach(peer -> keys.add(PeerWord.key(number, peer)));
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
        peers.putAll(wanted);
        written = true;
    }

    /// [#going] was removed.
    void shrunk() {
        peers.keySet().retainAll(wanted.keySet());
    }
}
