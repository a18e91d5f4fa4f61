// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static java.util.Objects.requireNonNull;

import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The identities of a cluster's pods as addresses come and go. A number stays with its identity for as long as an
/// address has it, and may be another's afterwards.
final class IdentityTable implements NumberedIdentities {

    private final List<Identity> numbered = new ArrayList<>(List.of(Identities.NO_POD));
    private final Map<Identity, Integer> numbers = new HashMap<>();
    private final Map<String, List<Integer>> byNamespace = new TreeMap<>();

    /// How many addresses have a number.
    private final List<Integer> uses = new ArrayList<>(List.of(0));

    private final BitSet free = new BitSet();
    private BitSet touched = new BitSet();
    private final AddressTable<Integer> ipcache = new AddressTable<>();

    @Override
    public List<Identity> numbered() {
        return numbered;
    }

    @Override
    public Map<String, List<Integer>> byNamespace() {
        return byNamespace;
    }

    Map<IpAddress, Integer> ipcache() {
        return ipcache.snapshot();
    }

    /// Numbers that mean something else than at the last call.
    BitSet takeTouched() {
        BitSet taken = touched;
        touched = new BitSet();
        return taken;
    }

    /// Numbers that mean nothing.
    int unused() {
        return free.cardinality();
    }

    /// @param identity null for an address that is no pod's
    void set(IpAddress address, @Nullable Identity identity) {
        @Nullable Integer before = ipcache.get(address);
        if (before != null && numbered.get(before).equals(identity)) {
            return;
        }
        if (identity == null) {
            ipcache.remove(address);
        } else {
            Integer number = numbers.computeIfAbsent(identity, this::added);
            uses.set(number, uses.get(number) + 1);
            ipcache.put(address, number);
        }
        if (before != null) {
            release(before);
        }
    }

    private Integer added(Identity identity) {
        int number = free.nextSetBit(0);
        if (number < 0) {
            number = numbered.size();
            numbered.add(identity);
            uses.add(0);
        } else {
            free.clear(number);
            numbered.set(number, identity);
        }
        byNamespace
                .computeIfAbsent(identity.namespace(), _ -> new ArrayList<>())
                .add(number);
        touched.set(number);
        return number;
    }

    private void release(Integer number) {
        uses.set(number, uses.get(number) - 1);
        if (uses.get(number) > 0) {
            return;
        }
        Identity identity = numbered.set(number, Identities.NO_POD);
        numbers.remove(identity);
        List<Integer> others = requireNonNull(byNamespace.get(identity.namespace()));
        others.removeIf(number::equals);
        if (others.isEmpty()) {
            byNamespace.remove(identity.namespace());
        }
        free.set(number);
        touched.set(number);
    }
}
