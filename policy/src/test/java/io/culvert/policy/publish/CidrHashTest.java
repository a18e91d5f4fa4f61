// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.PolicyCidrKey;
import io.culvert.net.IpPrefix;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Single addresses are in the hash, all others in the trie, and together they are one map.
final class CidrHashTest {

    private static final PolicyCidrKey BLOCK = key("10.0.0.0/31");
    private static final PolicyCidrKey HOST = key("10.0.0.1/32");
    private static final PolicyCidrKey HOST6 = key("2001:db8::1/128");

    private final Memory blocks = new Memory();
    private final Memory hosts = new Memory();
    private final CidrHash cidrs = new CidrHash(blocks, hosts);

    @Test
    void eachEntryIsInOneOfBoth() {
        cidrs.put(Map.of(BLOCK, 1, HOST, 2, HOST6, 3));
        assertThat(blocks.entries).isEqualTo(Map.of(BLOCK, 1));
        assertThat(hosts.entries).isEqualTo(Map.of(HOST, 2, HOST6, 3));
        assertThat(cidrs.read()).isEqualTo(Map.of(BLOCK, 1, HOST, 2, HOST6, 3));
        cidrs.remove(List.of(BLOCK, HOST));
        assertThat(blocks.entries).isEmpty();
        assertThat(hosts.entries).isEqualTo(Map.of(HOST6, 3));
    }

    @Test
    void whatAnEarlierAgentLeftInTheTrieIsReadReplacedAndRemoved() {
        blocks.entries.put(HOST, 1);
        assertThat(cidrs.read()).isEqualTo(Map.of(HOST, 1));
        cidrs.put(Map.of(HOST, 2));
        assertThat(cidrs.read()).isEqualTo(Map.of(HOST, 2));
        cidrs.remove(List.of(HOST));
        assertThat(cidrs.read()).isEmpty();
        assertThat(blocks.entries).isEmpty();
    }

    @Test
    void thereIsRoomInBoth() {
        cidrs.ensure(7);
        assertThat(List.of(blocks.room, hosts.room)).containsExactly(7, 7);
    }

    private static PolicyCidrKey key(String prefix) {
        return PolicyCidrKey.of(1, IpPrefix.parse(prefix).orElseThrow());
    }

    private static final class Memory implements PolicyHash<PolicyCidrKey, Integer> {

        private final Map<PolicyCidrKey, Integer> entries = new HashMap<>();
        private int room;

        @Override
        public Map<PolicyCidrKey, Integer> read() {
            return Map.copyOf(entries);
        }

        @Override
        public void put(Map<PolicyCidrKey, Integer> added) {
            entries.putAll(added);
        }

        @Override
        public void remove(Collection<PolicyCidrKey> keys) {
            entries.keySet().removeAll(keys);
        }

        @Override
        public void ensure(int wanted) {
            room = wanted;
        }
    }
}
