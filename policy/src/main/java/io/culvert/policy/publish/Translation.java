// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static java.util.Objects.requireNonNull;

import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.PolicyPorts;
import io.culvert.policy.Identity;
import io.culvert.policy.LocalPod;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.PolicySet;
import io.culvert.policy.PortTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From the numbers of a plan to those that outlive it.
final class Translation {

    private final World world;
    private final PolicyPlan plan;
    private final @Nullable Settled before;
    private final List<Integer> identities = new ArrayList<>();
    private final List<Integer> classes = new ArrayList<>();
    private final Map<Integer, PolicyPorts> places = new HashMap<>();

    /// Numbers of the plan that stand for other content than in the plan before.
    private final BitSet otherIdentities = new BitSet();

    private final BitSet otherClasses = new BitSet();

    private Translation(World world, PolicyPlan plan) {
        this.world = world;
        this.plan = plan;
        before = world.settled();
    }

    /// @throws io.culvert.maps.MapFullException if some numbers or places are used up
    static Desired of(PolicyPlan plan, EndpointFacts facts, World world) {
        return new Translation(world, plan).desired(facts);
    }

    private Desired desired(EndpointFacts facts) {
        translateIdentities();
        translateClasses();
        Addresses.Wanted addresses = world.addresses.wanted(plan, identities);
        Map<CidrPrefix, Integer> cidrs = new HashMap<>();
        plan.cidrs()
                .forEach(entry ->
                        cidrs.put(new CidrPrefix(entry.address(), entry.bits()), classes.get(entry.cidrClass())));
        IdentityHashMap<PolicySet, PublishedSet> sets = sets(
                new UnusedPeers(world.addresses.inUse(), world.cidrs.entries().values(), addresses.inUse(), cidrs));
        Set<PublishedSet> taken = new HashSet<>(sets.values());
        EndpointBook book = new EndpointBook(world, facts);
        plan.localPods().values().forEach(pod -> book.add(pod, sets(pod, sets)));
        return new Desired(
                book.endpoints(),
                addresses,
                cidrs,
                taken,
                before != null && taken.equals(world.sets) && taken.stream().allMatch(PublishedSet::isSettled),
                new Settled(plan, identities, classes, sets, Set.copyOf(book.pods())));
    }

    private void translateIdentities() {
        for (int i = 0; i < plan.identities().size(); i++) {
            if (before != null && before.shares(plan, i)) {
                identities.add(before.identities().get(i));
            } else {
                Identity identity = plan.identities().get(i);
                identities.add(isPod(identity) ? world.identities.number(identity) : 0);
                otherIdentities.set(i);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // others are looked up
    private void translateClasses() {
        if (before != null && before.plan().classes() == plan.classes()) {
            classes.addAll(before.classes());
            return;
        }
        for (Set<PolicyPeer> peers : plan.classes()) {
            int i = classes.size();
            int number = i == 0 ? 0 : world.classes.number(peers);
            classes.add(number);
            otherClasses.set(
                    i,
                    before == null
                            || i >= before.classes().size()
                            || before.classes().get(i) != number);
        }
    }

    /// Number 0, and others that no address has, are of nobody.
    private static boolean isPod(Identity identity) {
        return !identity.namespace().isEmpty();
    }

    private EndpointSets sets(LocalPod pod, Map<PolicySet, PublishedSet> sets) {
        return new EndpointSets(number(pod.ingressSet(), sets), number(pod.egressSet(), sets));
    }

    private int number(int set, Map<PolicySet, PublishedSet> sets) {
        return set == 0 ? 0 : requireNonNull(sets.get(plan.sets().get(set))).number();
    }

    /// Sets that say the same as before come first: no other may become one of these.
    private IdentityHashMap<PolicySet, PublishedSet> sets(UnusedPeers unused) {
        IdentityHashMap<PolicySet, PublishedSet> found = new IdentityHashMap<>();
        List<PolicySet> all = plan.sets().subList(1, plan.sets().size());
        for (PolicySet set : all) {
            @Nullable PublishedSet known = before == null ? null : before.sets().get(set);
            if (known != null && known.isSettled() && !namesOthers(set)) {
                found.put(set, known);
            }
        }
        Set<PublishedSet> taken = new HashSet<>(found.values());
        for (PolicySet set : all) {
            if (!found.containsKey(set)) {
                PublishedSet published = world.set(content(set), unused, taken);
                taken.add(published);
                found.put(set, published);
            }
        }
        return found;
    }

    /// Whether a set has tables of peers whose numbers mean others than before.
    private boolean namesOthers(PolicySet set) {
        return otherIdentities.stream().anyMatch(set.identityTables()::containsKey)
                || otherClasses.stream().anyMatch(set.classTables()::containsKey);
    }

    private SetContent content(PolicySet set) {
        PeerPorts.Builder peers = new PeerPorts.Builder();
        PortTable anyone = plan.tables().get(set.anyTable());
        if (!anyone.equals(PortTable.NOTHING)) {
            peers.add(PeerWord.ANY, place(set.anyTable()));
        }
        set.identityTables().forEach((identity, table) -> {
            if (identities.get(identity) != 0) {
                peers.add(PeerWord.identity(identities.get(identity)), place(table));
            }
        });
        set.classTables()
                .forEach((cidrClass, table) -> peers.add(PeerWord.cidrClass(classes.get(cidrClass)), place(table)));
        return new SetContent(
                new SetContent.Frame(set.isolated(), set.admin(), set.allows(), set.baseline()), peers.build());
    }

    private PolicyPorts place(int table) {
        return places.computeIfAbsent(
                table, number -> world.steps.place(plan.tables().get(number)));
    }
}
