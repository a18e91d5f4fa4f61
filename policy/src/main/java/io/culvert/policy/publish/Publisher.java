// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.MapFullException;
import io.culvert.maps.datapath.MapUse;
import io.culvert.policy.PolicyPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Brings plans into the maps. Each map that says who somebody is has two sides, of which the last bit of
/// the epoch says which one holds. A plan is written to the other side; then one store of the epoch
/// switches all of it; and when no program is left that saw the epoch before, the first side follows. What
/// a number means never changes while programs may come upon it.
///
/// Where nothing changes but which of the known identities an address has, both sides are written in place,
/// because every verdict depends on one such address only; the next epoch makes programs ask again for the
/// connections that they know.
public final class Publisher {

    private final PublicationTarget tables;
    private final LongSupplier clock;
    private @Nullable World world;

    /// @param clock monotonic nanoseconds, as programs see them: [System#nanoTime]
    public Publisher(PublicationTarget tables, LongSupplier clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /// Makes programs enforce a plan. What they enforced before stays if it does not fit, or if writing
    /// fails; in the latter case some of what was written is left for the next call to remove.
    ///
    /// @throws RuntimeException if the kernel refuses a write
    public synchronized PublishResult publish(PolicyPlan plan, EndpointFacts facts) {
        World known = world == null ? new World(tables) : world;
        Desired desired;
        try {
            desired = Translation.of(plan, facts, known);
            ensureRoom(known, desired);
        } catch (RuntimeException e) {
            // Nothing was written yet, so that what is known of the maps is still true.
            known.rollBack();
            world = known;
            if (e instanceof MapFullException full) {
                return new PublishResult.Refused(full.map(), String.valueOf(e.getMessage()));
            }
            throw e;
        }
        // Whatever fails from here on leaves maps of which nobody knows what they hold.
        world = null;
        PublishResult result = write(known, desired, facts.strict());
        world = known;
        return result;
    }

    /// Whether what the maps hold has rules of ClusterNetworkPolicies, whoever wrote them.
    public synchronized boolean findsTierRules() {
        return TierRules.inForce(tables);
    }

    /// What was published last, for people.
    public synchronized Publication publication() {
        return world == null ? Publication.NOTHING : world.publication();
    }

    /// How full the maps are whose entries only the publisher counts; nothing before the first publication.
    public synchronized List<MapUse> use() {
        return world == null ? List.of() : world.use();
    }

    /// How many rules that are in force are not counted, because `rule_counters` is full: that map does not grow.
    public synchronized int uncounted() {
        return world == null ? 0 : world.uncounted();
    }

    private void ensureRoom(World world, Desired desired) {
        world.endpoints.ensure(desired.endpoints().keySet());
        world.addresses.entries.ensure(desired.addresses().changed().keySet());
        int active = tables.epoch() & 1;
        long present = world.cidrs.entries().keySet().stream()
                .filter(key -> key.side() == active)
                .count();
        tables.cidrs()
                .ensure((int) Math.max(present, desired.cidrs().size())
                        + desired.cidrs().size());
        world.blocks.ensure(desired.cidrs());
        world.prefixes.ensure(desired.cidrs());
        tables.peers().ensure(world.peersDemand());
    }

    private PublishResult write(World world, Desired desired, boolean strict) {
        Set<PublishedSet> retired = new HashSet<>(world.sets);
        retired.removeAll(desired.sets());
        int before = tables.epoch();
        boolean changed = world.writeContent();
        SideWriter writer = new SideWriter(world, desired, before & 1);
        if (before == 0 || !world.isSwept() || writer.needsSwitch()) {
            writer.stage(strict);
            tables.epoch(next(before, 1));
            changed = true;
        } else {
            changed |= writer.writeInPlace();
            if (writer.meaningsChanged()) {
                tables.epoch(next(before, 2));
            }
        }
        long enforcedAt = clock.getAsLong();
        if (changed || !retired.isEmpty()) {
            tables.awaitPrograms();
            writer.follow();
            world.removeUnread(retired);
        }
        world.settle(desired);
        return new PublishResult.Published(tables.epoch(), changed, enforcedAt);
    }

    /// Never 0, which means that nothing is published.
    private static int next(int epoch, int step) {
        int next = epoch + step;
        return next == 0 ? 2 : next;
    }
}
