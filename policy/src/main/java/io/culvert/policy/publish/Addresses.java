// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.AddressKey;
import io.culvert.maps.IpcacheEntry;
import io.culvert.net.IpAddress;
import io.culvert.policy.PolicyPlan;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which identities addresses have. There may be 150,000, of which a change concerns one: only those are looked at that
/// the plan before may have said something else about.
final class Addresses {

    private static final IpcacheEntry NOBODY = new IpcacheEntry(0, 0);

    final Mirror<AddressKey, IpcacheEntry> entries;

    /// Numbers of identities that some address has.
    private BitSet inUse = new BitSet();

    /// What the last plan said, which both sides hold; null as long as nobody knows what they hold.
    private @Nullable Map<IpAddress, Integer> settled;

    Addresses(Mirror<AddressKey, IpcacheEntry> entries) {
        this.entries = entries;
        entries.entries().values().forEach(entry -> {
            inUse.set(entry.side0());
            inUse.set(entry.side1());
        });
    }

    /// What is to be said of addresses.
    ///
    /// @param all as the plan has them
    /// @param inUse numbers of identities that some address has
    /// @param changed numbers of those that have another one on either side now; 0: of nobody any more
    record Wanted(Map<IpAddress, Integer> all, BitSet inUse, Map<AddressKey, Integer> changed) {}

    BitSet inUse() {
        return inUse;
    }

    /// @param numbers of the identities of a plan
    Wanted wanted(PolicyPlan plan, List<Integer> numbers) {
        BitSet identities = new BitSet();
        numbers.forEach(identities::set);
        Map<AddressKey, Integer> changed = new HashMap<>();
        for (IpAddress address : suspects(plan)) {
            AddressKey key = new AddressKey(address);
            Integer planned = plan.ipcache().get(address);
            int number = planned == null ? 0 : numbers.get(planned);
            // An entry of nobody is none that anybody needs, but may be there after a crash.
            if (!Objects.equals(entries.entries().get(key), number == 0 ? null : entry(number))) {
                changed.put(key, number);
            }
        }
        return new Wanted(plan.ipcache(), identities, changed);
    }

    private Set<IpAddress> suspects(PolicyPlan plan) {
        if (settled != null) {
            return plan.addressesSince(settled);
        }
        Set<IpAddress> all = new HashSet<>(plan.ipcache().keySet());
        entries.entries().keySet().forEach(key -> all.add(key.address()));
        return all;
    }

    private static IpcacheEntry entry(int number) {
        return new IpcacheEntry(number, number);
    }

    /// Brings one side to what is wanted.
    void stage(Wanted wanted, int side) {
        Map<AddressKey, IpcacheEntry> staged = new HashMap<>();
        wanted.changed()
                .forEach((key, number) -> staged.put(
                        key, entries.entries().getOrDefault(key, NOBODY).with(side, number)));
        entries.put(staged);
    }

    /// Brings both sides to what is wanted.
    ///
    /// @return whether anything was written
    boolean write(Wanted wanted) {
        Map<AddressKey, IpcacheEntry> present = new HashMap<>();
        Set<AddressKey> gone = new HashSet<>();
        wanted.changed().forEach((key, number) -> {
            if (number == 0) {
                gone.add(key);
            } else {
                present.put(key, entry(number));
            }
        });
        boolean changed = entries.put(present);
        changed |= entries.remove(gone);
        return changed;
    }

    /// Both sides hold this now.
    void settle(Wanted wanted) {
        settled = wanted.all();
        inUse = wanted.inUse();
    }
}
