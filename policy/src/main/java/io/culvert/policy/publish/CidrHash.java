// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyCidrKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Classes of addresses. Those of single addresses, which are most where policies name hosts, are in a hash: it takes
/// the same time however many there are. Programs ask it first, as no prefix is longer than a whole address, so that
/// an entry for one in the trie, as an earlier agent wrote them, holds only while the hash has none.
///
/// @param blocks the trie
/// @param hosts the hash
record CidrHash(PolicyHash<PolicyCidrKey, Integer> blocks, PolicyHash<PolicyCidrKey, Integer> hosts)
        implements PolicyHash<PolicyCidrKey, Integer> {

    @Override
    public Map<PolicyCidrKey, Integer> read() {
        Map<PolicyCidrKey, Integer> entries = new HashMap<>(blocks.read());
        entries.putAll(hosts.read());
        return entries;
    }

    @Override
    public void put(Map<PolicyCidrKey, Integer> entries) {
        Map<PolicyCidrKey, Integer> ofHosts = new HashMap<>(entries);
        ofHosts.keySet().removeIf(key -> !key.isHost());
        Map<PolicyCidrKey, Integer> others = new HashMap<>(entries);
        others.keySet().removeAll(ofHosts.keySet());
        hosts.put(ofHosts);
        blocks.put(others);
    }

    /// From the trie first: what an earlier agent wrote there must not come to light when the hash has nothing.
    @Override
    public void remove(Collection<PolicyCidrKey> keys) {
        blocks.remove(keys);
        hosts.remove(keys.stream().filter(PolicyCidrKey::isHost).toList());
    }

    /// Room for all in each: which of them are hosts is another question with each plan.
    @Override
    public void ensure(int entries) {
        blocks.ensure(entries);
        hosts.ensure(entries);
    }
}
