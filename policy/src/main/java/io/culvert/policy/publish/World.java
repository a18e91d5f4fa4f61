// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.datapath.MapUse;
import io.culvert.policy.Identity;
import io.culvert.policy.RuleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the maps hold, and what numbers in them mean. After a restart nobody knows the latter: what is found is
/// avoided until it is swept away.
final class World {

    private static final int MAX_NUMBERS = 1 << 20;

    /// Those below are what clients of the Hubble API take for the node, the world and other parties that are no pods.
    private static final int FIRST_IDENTITY = 256;

    private static final int MAX_PODS = 1 << 16;

    final PublicationTarget tables;
    final Mirror<EndpointKey, Endpoint> endpoints;
    final Addresses addresses;
    final Mirror<PolicyCidrKey, Integer> cidrs;
    final BlockTable blocks;
    final PrefixTable prefixes;
    final StepTables steps;
    final Runs setNumbers;
    final Runs ruleRuns;
    final Numbers<Identity> identities = new Numbers<>("identities", FIRST_IDENTITY, MAX_NUMBERS);
    final Numbers<Set<PolicyPeer>> classes = new Numbers<>("classes", MAX_NUMBERS);
    final Numbers<RuleId> rules;
    final Numbers<PodKey> podNumbers = new Numbers<>("endpoints", MAX_PODS);
    /// All that are in the kernel, or will be once they are written.
    final Set<PublishedSet> sets = new LinkedHashSet<>();

    private @Nullable Settled settled;
    private Set<PolicyPeerKey> foreignPeers = Set.of();
    private Set<Integer> foreignSets = Set.of();
    private boolean swept;

    World(PublicationTarget tables) {
        this.tables = tables;
        // A program may still read the side that was left just before the earlier process ended.
        tables.awaitPrograms();
        endpoints = new Mirror<>(tables.endpoints());
        addresses = new Addresses(new Mirror<>(tables.ipcache()));
        cidrs = new Mirror<>(tables.cidrs());
        blocks = new BlockTable(tables.blocks());
        prefixes = new PrefixTable(tables.prefixes(), tables.lengths());
        steps = new StepTables(tables.steps(), tables.index());
        setNumbers = new Runs(tables.sets());
        ruleRuns = new Runs(tables.rules());
        rules = new Numbers<>("rule_counters", tables.counters());
        // Set 0 is of pods without policies.
        setNumbers.take(1);
        avoidWhatIsFound();
    }

    private void avoidWhatIsFound() {
        Map<PolicyPeerKey, PolicyPorts> peers = tables.peers().read();
        foreignPeers = Set.copyOf(peers.keySet());
        peers.forEach((key, ports) -> {
            setNumbers.avoid(key.set(), 1);
            steps.avoid(ports);
            avoidPeer(key);
        });
        addresses.inUse().stream().forEach(identities::avoid);
        cidrs.entries().values().forEach(classes::avoid);
        endpoints.entries().values().forEach(endpoint -> {
            podNumbers.avoid(endpoint.number(0));
            podNumbers.avoid(endpoint.number(1));
        });
        foreignSets = new HashSet<>();
        for (int number = 1; number < tables.sets().size(); number++) {
            PolicySetEntry entry = tables.sets().get(number);
            if (!entry.equals(PolicySetEntry.NONE)) {
                foreignSets.add(number);
                setNumbers.avoid(number, 1);
                avoidRules(entry.rules());
            }
        }
    }

    private void avoidPeer(PolicyPeerKey key) {
        switch (key.kind()) {
            case ANY -> {}
            case IDENTITY -> identities.avoid(key.number());
            case CLASS -> classes.avoid(key.number());
        }
    }

    /// The numbers of a set's rules come after their count.
    private void avoidRules(int start) {
        int size = tables.rules().size();
        if (start < 1 || start > size) {
            return;
        }
        int count = Math.clamp(tables.rules().get(start - 1), 0, size - start);
        ruleRuns.avoid(start - 1, count + 1);
        for (int i = start; i < start + count; i++) {
            rules.avoid(tables.rules().get(i));
        }
    }

    /// Whether there is nothing left of an earlier process.
    boolean isSwept() {
        return swept;
    }

    /// Gives a set to this content: one that is there, or a new one.
    ///
    /// @param taken by other content of the same plan
    PublishedSet set(SetContent content, UnusedPeers unused, Set<PublishedSet> taken) {
        for (PublishedSet set : sets) {
            if (set.frame().equals(content.frame())) {
                if (taken.contains(set)) {
                    if (set.wanted().equals(content.peers())) {
                        return set;
                    }
                } else if (set.canBecome(content, unused::now, unused::then)) {
                    set.become(content);
                    return set;
                }
            }
        }
        PublishedSet added = newSet(content);
        sets.add(added);
        return added;
    }

    private PublishedSet newSet(SetContent content) {
        int number = setNumbers.take(1);
        try {
            return new PublishedSet(number, ruleRuns.take(content.frame().rules() + 1) + 1, content);
        } catch (RuntimeException e) {
            // No set has it that could give it back.
            setNumbers.release(number, 1);
            throw e;
        }
    }

    /// Writes what nobody reads yet: sets that no pod has, and entries of sets for peers that no address has.
    ///
    /// @return whether there was anything to write
    boolean writeContent() {
        steps.write();
        sets.stream().filter(set -> !set.isWritten()).forEach(this::writeSet);
        for (int rule : rules.takeFresh()) {
            tables.clearCounter(rule);
        }
        Map<PolicyPeerKey, PolicyPorts> coming = new HashMap<>();
        sets.forEach(set -> coming.putAll(set.coming()));
        boolean changed = !coming.isEmpty() || !sets.stream().allMatch(PublishedSet::isWritten);
        if (!coming.isEmpty()) {
            tables.peers().put(coming);
        }
        sets.forEach(PublishedSet::grown);
        return changed;
    }

    private void writeSet(PublishedSet set) {
        SetContent.Frame frame = set.frame();
        int at = set.rules();
        tables.rules().set(at - 1, frame.rules());
        for (RuleId rule : frame.all()) {
            tables.rules().set(at++, rules.numberIfFree(rule).orElse(0));
        }
        int allows = frame.admin().size();
        boolean tiered = frame.rules() > frame.allows().size();
        tables.sets()
                .set(
                        set.number(),
                        new PolicySetEntry(
                                PolicySetEntry.USED
                                        | (frame.isolated() ? PolicySetEntry.ISOLATED : 0)
                                        | (tiered ? PolicySetEntry.TIERED : 0),
                                set.rules(),
                                allows,
                                allows + frame.allows().size()));
    }

    /// Removes what no program reads any more.
    void removeUnread(Set<PublishedSet> retired) {
        Set<PolicyPeerKey> going = new HashSet<>();
        sets.forEach(set -> going.addAll(retired.contains(set) ? set.keys() : set.going()));
        if (!going.isEmpty()) {
            tables.peers().remove(going);
        }
        sets.forEach(PublishedSet::shrunk);
        retired.forEach(set -> tables.sets().set(set.number(), PolicySetEntry.NONE));
        sweep();
    }

    /// How many entries `policy_peers` has when all sets are written and none is gone.
    int peersDemand() {
        return foreignPeers.size()
                + sets.stream()
                        .mapToInt(set -> set.size() + set.coming().size())
                        .sum();
    }

    List<MapUse> use() {
        return List.of(
                new MapUse("policy_sets", setNumbers.used(), setNumbers.size()),
                new MapUse("policy_steps", steps.runs().used(), steps.runs().size()),
                new MapUse(
                        "policy_index",
                        steps.indexes().runs().used(),
                        steps.indexes().runs().size()),
                new MapUse("policy_rules", ruleRuns.used(), ruleRuns.size()),
                new MapUse("rule_counters", rules.used(), tables.counters()));
    }

    /// Rules for which no counter is left.
    int uncounted() {
        if (!rules.wasFull()) {
            return 0;
        }
        Set<RuleId> all = new HashSet<>();
        sets.forEach(set -> all.addAll(set.frame().all()));
        all.removeAll(rules.known().keySet());
        return all.size();
    }

    Publication publication() {
        return new Publication(tables.epoch(), identities.known(), rules.known());
    }

    /// What was published last by this process; null before.
    @Nullable
    Settled settled() {
        return settled;
    }

    /// Forgets what was not published.
    void rollBack() {
        Set<PublishedSet> kept = sets.stream().filter(PublishedSet::isWritten).collect(Collectors.toSet());
        kept.forEach(PublishedSet::stay);
        retain(kept);
        retainNumbers(settled);
    }

    /// Only this is there now.
    void settle(Desired desired) {
        Settled next = desired.settled();
        if (settled == null) {
            retain(desired.sets());
            retainNumbers(next);
        } else {
            if (!desired.sameSets()) {
                retain(desired.sets());
                rules.retain(next.allRules());
            }
            identities.release(settled.without(next.plan()));
            if (!next.plan().classes().equals(settled.plan().classes())) {
                classes.retain(next.allClasses());
            }
            podNumbers.retain(next.pods());
        }
        addresses.settle(desired.addresses());
        settled = next;
    }

    private void retain(Collection<PublishedSet> kept) {
        sets.removeIf(set -> {
            boolean dead = !kept.contains(set);
            if (dead) {
                setNumbers.release(set.number(), 1);
                ruleRuns.release(set.rules() - 1, set.frame().rules() + 1);
            }
            return dead;
        });
        steps.retain(
                sets.stream().flatMap(set -> set.wanted().places().stream()).collect(Collectors.toSet()));
    }

    private void retainNumbers(@Nullable Settled needed) {
        identities.retain(needed == null ? Set.of() : needed.allIdentities());
        classes.retain(needed == null ? Set.of() : needed.allClasses());
        rules.retain(needed == null ? Set.of() : needed.allRules());
        podNumbers.retain(needed == null ? Set.of() : needed.pods());
    }

    /// Removes what an earlier process left and nobody reads any more.
    private void sweep() {
        if (swept) {
            return;
        }
        tables.peers().remove(foreignPeers);
        foreignSets.forEach(number -> tables.sets().set(number, PolicySetEntry.NONE));
        foreignPeers = Set.of();
        foreignSets = Set.of();
        steps.sweep();
        setNumbers.sweep();
        ruleRuns.sweep();
        identities.sweep();
        classes.sweep();
        rules.sweep();
        podNumbers.sweep();
        swept = true;
    }
}
