// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.net.IpAddress;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All that was found out about a state, ready to be brought to the next one object by object.
final class Compilation {

    private final AddressBook book = new AddressBook();
    private final IdentityTable identities = new IdentityTable();
    private final LocalPods locals;
    private final LivePolicies policies;
    private CidrClasses classes;
    private Selector selector;
    private LiveSets sets;
    private @Nullable Warnings warnings;

    /// Begins with nothing known.
    Compilation(String nodeName, PolicyState state) {
        locals = new LocalPods(nodeName);
        policies = new LivePolicies(state);
        classes = classes(state);
        selector = selector(state);
        state.nodes().values().forEach(book::put);
        for (PolicyPod pod : state.pods().values()) {
            book.put(pod);
            boolean _ = locals.put(pod);
        }
        for (PolicyPod pod : state.pods().values()) {
            identify(pod.addresses(), state);
        }
        var _ = identities.takeTouched();
        sets = new LiveSets(identities, classes);
    }

    /// Takes the next state.
    void update(PolicyState before, PolicyState next, PolicyChanges changes) {
        policies.update(before, next, changes);
        Set<IpAddress> affected = addresses(before, next, changes);
        if (policies.tellsOthersApart()) {
            next.pods().values().forEach(pod -> affected.addAll(pod.addresses()));
        }
        identify(affected, next);
        followClasses(next, changes);
        BitSet touched = identities.takeTouched();
        if (!touched.isEmpty() && !sets.renumbered(touched)) {
            sets = new LiveSets(identities, classes);
        }
        forgetSelections(next, changes);
    }

    private void forgetSelections(PolicyState next, PolicyChanges changes) {
        Set<String> namespaces =
                changes.of(ObjectKind.NAMESPACE).stream().map(ObjectName::name).collect(Collectors.toSet());
        if (!namespaces.isEmpty()) {
            selector = selector(next);
            warnings = null;
        }
        if (warnings != null) {
            warnings.follow(changes);
        }
        changes.of(ObjectKind.NETWORK_POLICY).forEach(policy -> namespaces.add(policy.namespace()));
        if (changes.of(ObjectKind.CLUSTER_NETWORK_POLICY).isEmpty()) {
            locals.forgetSelections(namespaces);
        } else {
            locals.forgetSelections();
        }
    }

    /// Whether much is kept that no plan needs any more.
    boolean wasteful() {
        return sets.wasteful() || identities.unused() > identities.numbered().size() / 2 + 1_024;
    }

    PolicyPlan plan() {
        LiveSets.Chosen chosen = sets.choose(locals, selector, book);
        if (warnings == null) {
            warnings = new Warnings(policies.rules(), selector, locals.running());
        }
        return new PolicyPlan(
                identities.numbered(),
                identities.ipcache(),
                classes.classes(),
                classes.entries(),
                sets.tables(),
                chosen.sets(),
                chosen.pods(),
                warnings.all());
    }

    /// Takes nodes and pods that came, changed or went.
    ///
    /// @return addresses whose identity may be another
    private Set<IpAddress> addresses(PolicyState before, PolicyState next, PolicyChanges changes) {
        Set<IpAddress> affected = new HashSet<>();
        for (ObjectName name : changes.of(ObjectKind.NODE)) {
            @Nullable PolicyNode old = before.nodes().get(name.name());
            if (old != null) {
                book.remove(old);
                affected.addAll(old.addresses());
            }
            @Nullable PolicyNode now = next.nodes().get(name.name());
            if (now != null) {
                book.put(now);
                affected.addAll(now.addresses());
            }
        }
        for (ObjectName name : changes.of(ObjectKind.POD)) {
            replace(before.pods().get(name), next.pods().get(name), affected);
        }
        Set<String> namespaces =
                changes.of(ObjectKind.NAMESPACE).stream().map(ObjectName::name).collect(Collectors.toSet());
        if (!namespaces.isEmpty()) {
            next.pods().values().stream()
                    .filter(pod -> namespaces.contains(pod.name().namespace()))
                    .forEach(pod -> affected.addAll(pod.addresses()));
        }
        return affected;
    }

    private void replace(@Nullable PolicyPod old, @Nullable PolicyPod now, Set<IpAddress> affected) {
        if (old != null) {
            book.remove(old);
            affected.addAll(old.addresses());
            followLocal(locals.remove(old.name()), old);
        }
        if (now != null) {
            book.put(now);
            affected.addAll(now.addresses());
            followLocal(locals.put(now), now);
        }
    }

    private void followLocal(boolean local, PolicyPod pod) {
        if (local && pod.hostNetwork()) {
            // They count these.
            warnings = null;
        }
    }

    private void identify(Iterable<IpAddress> addresses, PolicyState state) {
        for (IpAddress address : addresses) {
            @Nullable PolicyPod owner = book.owner(address);
            identities.set(
                    address,
                    owner == null ? null : policies.distinctions().identity(address, owner, namespace(owner, state)));
        }
    }

    private static Namespace namespace(PolicyPod pod, PolicyState state) {
        String name = pod.name().namespace();
        @Nullable Namespace known = state.namespaces().get(name);
        return known == null ? Namespace.named(name) : known;
    }

    private void followClasses(PolicyState state, PolicyChanges changes) {
        boolean named = policies.namesOtherBlocks();
        if (!named && changes.of(ObjectKind.NODE).isEmpty()) {
            return;
        }
        CidrClasses next = classes(state);
        if (!next.classes().equals(classes.classes()) || !next.entries().equals(classes.entries())) {
            classes = next;
            sets.reclassified(next);
        }
    }

    private CidrClasses classes(PolicyState state) {
        return new CidrClasses(policies.blocks(), state.nodes().values());
    }

    private Selector selector(PolicyState state) {
        return new Selector(List.copyOf(state.namespaces().values()), policies.rules());
    }
}
