// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyPorts;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Ports by [PeerWord], immutable. Hundreds of sets have thousands of peers each, so these are arrays.
final class PeerPorts {

    static final PeerPorts NOTHING = new Builder().build();

    private final int[] words;
    private final PolicyPorts[] ports;

    /// The ports, each once.
    private final Set<PolicyPorts> places;

    /// @param words ascending
    private PeerPorts(int[] words, PolicyPorts[] ports) {
        this.words = words;
        this.ports = ports;
        Set<PolicyPorts> all = new HashSet<>();
        PolicyPorts last = null;
        for (PolicyPorts next : ports) {
            // Most peers have the ports of their neighbours.
            if (!next.equals(last)) {
                all.add(next);
                last = next;
            }
        }
        places = Set.copyOf(all);
    }

    /// What is called with each peer.
    interface Visitor {
        void visit(int word, PolicyPorts ports);
    }

    /// What is asked of each peer.
    interface Condition {
        boolean test(int word, PolicyPorts ports);
    }

    int size() {
        return words.length;
    }

    Set<PolicyPorts> places() {
        return places;
    }

    @Nullable
    PolicyPorts get(int word) {
        int at = Arrays.binarySearch(words, word);
        return at < 0 ? null : ports[at];
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < words.length; i++) {
            visitor.visit(words[i], ports[i]);
        }
    }

    boolean allMatch(Condition condition) {
        for (int i = 0; i < words.length; i++) {
            if (!condition.test(words[i], ports[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof PeerPorts that
                        && Arrays.equals(words, that.words)
                        && Arrays.equals(ports, that.ports));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words) * 31 + Arrays.hashCode(ports);
    }

    /// Collects peers in any order, each once.
    static final class Builder {

        private int size;
        private long[] keys = new long[64];
        private PolicyPorts[] ports = new PolicyPorts[64];

        void add(int word, PolicyPorts place) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, 2 * size);
                ports = Arrays.copyOf(ports, 2 * size);
            }
            ports[size] = place;
            keys[size] = (long) word << Integer.SIZE | size;
            size++;
        }

        PeerPorts build() {
            Arrays.sort(keys, 0, size);
            int[] words = new int[size];
            PolicyPorts[] sorted = new PolicyPorts[size];
            for (int i = 0; i < size; i++) {
                words[i] = (int) (keys[i] >> Integer.SIZE);
                sorted[i] = ports[(int) keys[i]];
            }
            return new PeerPorts(words, sorted);
        }
    }
}
