// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.PolicyPorts;
import io.culvert.policy.Identity;
import io.culvert.policy.LocalPod;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.PolicySet;
import io.culvert.policy.PortTable;
import io.culvert.policy.RuleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// From the numbers of a plan to those that outlive it.
final class Translation {

    private final World world;
    private final PolicyPlan plan;
    private final List<Integer> identities = new ArrayList<>();
    private final List<Integer> classes = new ArrayList<>();
    private final Map<Integer, PolicyPorts> places = new HashMap<>();

    private Translation(World world, PolicyPlan plan) {
        this.world = world;
        this.plan = plan;
    }

    /// @throws io.culvert.maps.MapFullException if some numbers or places are used up
    static Desired of(PolicyPlan plan, EndpointFacts facts, World world) {
        return new Translation(world, plan).desired(facts);
    }

    private Desired desired(EndpointFacts facts) {
        for (Identity identity : plan.identities()) {
            identities.add(isPod(identity) ? world.identities.number(identity) : 0);
        }
        for (Set<PolicyPeer> peers : plan.classes()) {
            classes.add(classes.isEmpty() ? 0 : world.classes.number(peers));
        }
        Addresses.Wanted addresses = world.addresses.wanted(plan, identities);
        Map<CidrPrefix, Integer> cidrs = new HashMap<>();
        plan.cidrs()
                .forEach(entry ->
                        cidrs.put(new CidrPrefix(entry.address(), entry.bits()), classes.get(entry.cidrClass())));
        List<Integer> numbers = new ArrayList<>(List.of(0));
        Set<PublishedSet> sets = sets(
                new UnusedPeers(world.addresses.inUse(), world.cidrs.entries().values(), addresses.inUse(), cidrs),
                numbers);
        EndpointBook book = new EndpointBook(world, facts);
        plan.localPods().values().forEach(pod -> book.add(pod, sets(pod, numbers)));
        return new Desired(book.endpoints(), addresses, cidrs, sets, live(book));
    }

    private Desired.Live live(EndpointBook book) {
        Set<RuleId> rules = new HashSet<>();
        plan.sets().forEach(set -> {
            rules.addAll(set.admin());
            rules.addAll(set.allows());
            rules.addAll(set.baseline());
        });
        return new Desired.Live(
                plan.identities().stream().filter(Translation::isPod).collect(Collectors.toSet()),
                Set.copyOf(plan.classes()),
                rules,
                Set.copyOf(book.pods()));
    }

    /// Number 0, and others that no address has, are of nobody.
    private static boolean isPod(Identity identity) {
        return !identity.namespace().isEmpty();
    }

    private static EndpointSets sets(LocalPod pod, List<Integer> numbers) {
        return new EndpointSets(numbers.get(pod.ingressSet()), numbers.get(pod.egressSet()));
    }

    private Set<PublishedSet> sets(UnusedPeers unused, List<Integer> numbers) {
        Set<PublishedSet> taken = new HashSet<>();
        for (PolicySet set : plan.sets().subList(1, plan.sets().size())) {
            PublishedSet published = world.set(content(set), unused, taken);
            taken.add(published);
            numbers.add(published.number());
        }
        return taken;
    }

    private SetContent content(PolicySet set) {
        Map<Integer, PolicyPorts> peers = new HashMap<>();
        PortTable anyone = plan.tables().get(set.anyTable());
        if (!anyone.equals(PortTable.NOTHING)) {
            peers.put(PeerWord.ANY, world.steps.place(anyone));
        }
        set.identityTables().forEach((identity, table) -> {
            if (identities.get(identity) != 0) {
                peers.put(PeerWord.identity(identities.get(identity)), place(table));
            }
        });
        set.classTables()
                .forEach((cidrClass, table) -> peers.put(PeerWord.cidrClass(classes.get(cidrClass)), place(table)));
        return new SetContent(new SetContent.Frame(set.isolated(), set.admin(), set.allows(), set.baseline()), peers);
    }

    private PolicyPorts place(int table) {
        return places.computeIfAbsent(
                table, number -> world.steps.place(plan.tables().get(number)));
    }
}
