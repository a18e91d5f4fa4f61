// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ObjectName;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Who has what, where several can ask for one thing: the oldest Service, and of equally old ones the first by name.
///
/// Not thread safe. Costs nothing for Services that did not change, and one map entry for a thing that only one
/// Service asks for.
///
/// @param <K> what is asked for
final class OldestFirst<K> {

    private final Map<ObjectName, Claimant<K>> claimants = new HashMap<>();
    private final Map<K, Claimant<K>> owners = new HashMap<>();
    private final Map<K, TreeSet<Claimant<K>>> contested = new HashMap<>();

    /// Takes what a Service asks for now, in place of what it asked for before.
    ///
    /// @param wanted nothing where there is no such Service
    /// @param affected is given the Services that gained or lost something to another, this one or not
    /// @param changed is given what has another owner now, or one for the first time, or none
    void update(
            ObjectName name,
            Instant created,
            Collection<K> wanted,
            Collection<ObjectName> affected,
            Collection<K> changed) {
        Claimant<K> before = claimants.get(name);
        Claimant<K> after = wanted.isEmpty() ? null : new Claimant<>(created, name, Set.copyOf(wanted));
        if (before != null && !before.equals(after)) {
            before.wanted.forEach(thing -> release(thing, before, affected));
            changed.addAll(before.wanted);
            claimants.remove(name);
        }
        if (after != null && !after.equals(before)) {
            after.wanted.forEach(thing -> claim(thing, after, affected));
            changed.addAll(after.wanted);
            claimants.put(name, after);
        }
    }

    /// Who has `thing`; empty if nobody asks for it.
    Optional<ObjectName> owner(K thing) {
        return Optional.ofNullable(owners.get(thing)).map(Claimant::name);
    }

    /// Everyone who asks for `thing`.
    List<ObjectName> claimants(K thing) {
        TreeSet<Claimant<K>> all = contested.get(thing);
        return all == null
                ? owner(thing).stream().toList()
                : all.stream().map(Claimant::name).toList();
    }

    /// Everything that somebody has.
    Set<K> owned() {
        return owners.keySet();
    }

    private void claim(K thing, Claimant<K> claimant, Collection<ObjectName> affected) {
        Claimant<K> owner = owners.get(thing);
        if (owner == null || owner.equals(claimant)) {
            owners.put(thing, claimant);
            return;
        }
        TreeSet<Claimant<K>> all = contested.computeIfAbsent(thing, _ -> new TreeSet<>(List.of(owner)));
        all.add(claimant);
        settle(thing, all, owner, affected);
        affected.add(claimant.name);
    }

    private void release(K thing, Claimant<K> claimant, Collection<ObjectName> affected) {
        TreeSet<Claimant<K>> all = contested.get(thing);
        if (all == null) {
            owners.remove(thing, claimant);
            return;
        }
        Claimant<K> owner = owners.getOrDefault(thing, claimant);
        all.remove(claimant);
        settle(thing, all, owner, affected);
        if (all.size() == 1) {
            contested.remove(thing);
        }
    }

    private void settle(K thing, SortedSet<Claimant<K>> all, Claimant<K> before, Collection<ObjectName> affected) {
        Claimant<K> owner = all.first();
        owners.put(thing, owner);
        if (!owner.equals(before)) {
            // Those who lose either way name the winner in their status.
            all.forEach(claimant -> affected.add(claimant.name));
            affected.add(before.name);
        }
    }

    private record Claimant<K>(Instant created, ObjectName name, Set<K> wanted) implements Comparable<Claimant<K>> {

        private static final Comparator<Claimant<?>> ORDER =
                Comparator.<Claimant<?>, Instant>comparing(Claimant::created).thenComparing(Claimant::name);

        @Override
        public int compareTo(Claimant<K> other) {
            return ORDER.compare(this, other);
        }
    }
}
