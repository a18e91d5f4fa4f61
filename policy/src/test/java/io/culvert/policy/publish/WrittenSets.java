// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyStep;
import io.culvert.net.IpAddress;
import io.culvert.policy.CidrEntry;
import io.culvert.policy.Identity;
import io.culvert.policy.LocalPod;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.PolicySet;
import io.culvert.policy.PortTable;
import io.culvert.policy.RuleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the maps say of each local pod's sets, read back entry by entry and compared with the plan.
final class WrittenSets {

    private final ModelTarget maps;
    private final PolicyPlan plan;
    private final Publication publication;
    private final Map<Set<PolicyPeer>, Integer> classes = new HashMap<>();

    WrittenSets(ModelTarget maps, PolicyPlan plan, Publication publication) {
        this.maps = maps;
        this.plan = plan;
        this.publication = publication;
        for (CidrEntry entry : plan.cidrs()) {
            PolicyCidrKey key = new CidrPrefix(entry.address(), entry.bits()).on(0);
            Integer number = requireNonNull(maps.cidrs.get(key));
            @Nullable Integer other = classes.put(plan.classes().get(entry.cidrClass()), number);
            assertThat(other == null || other.equals(number))
                    .as("one number for a class")
                    .isTrue();
        }
    }

    void check(String when) {
        for (LocalPod pod : plan.localPods().values()) {
            for (IpAddress address : pod.owned()) {
                Endpoint endpoint = requireNonNull(maps.endpoints.get(EndpointKey.of(address)));
                EndpointSets sets = endpoint.sets(0);
                assertThat(endpoint.sets(1)).isEqualTo(sets);
                check(when + ": ingress of " + pod, pod.ingressSet(), sets.ingress());
                check(when + ": egress of " + pod, pod.egressSet(), sets.egress());
            }
        }
    }

    private void check(String what, int planned, int number) {
        assertThat(number == 0).as(what).isEqualTo(planned == 0);
        if (planned == 0) {
            return;
        }
        PolicySet set = plan.sets().get(planned);
        assertThat(rules(number)).as(what).isEqualTo(wantedRules(set));
        assertThat(maps.sets.get(number).flags() & PolicySetEntry.ISOLATED)
                .as(what)
                .isEqualTo(set.isolated() ? PolicySetEntry.ISOLATED : 0);
        PortTable any = plan.tables().get(set.anyTable());
        assertThat(steps(PolicyPeerKey.anyone(number)))
                .as(what)
                .isEqualTo(any.equals(PortTable.NOTHING) ? List.of() : wanted(set.anyTable()));
        publication
                .identities()
                .forEach((identity, is) -> assertThat(steps(PolicyPeerKey.identity(number, is)))
                        .as("%s: %s", what, identity)
                        .isEqualTo(wanted(set.identityTables().get(index(identity)))));
        classes.forEach((peers, is) -> assertThat(steps(PolicyPeerKey.cidrClass(number, is)))
                .as("%s: %s", what, peers)
                .isEqualTo(wanted(set.classTables().get(plan.classes().indexOf(peers)))));
    }

    private int index(Identity identity) {
        return plan.identities().indexOf(identity);
    }

    private List<PolicyStep> wanted(@Nullable Integer table) {
        return table == null
                ? List.of()
                : plan.tables().get(table).steps().stream()
                        .map(StepTables::step)
                        .toList();
    }

    private List<PolicyStep> steps(PolicyPeerKey key) {
        @Nullable PolicyPorts ports = maps.peers.get(key);
        return ports == null ? List.of() : maps.steps.subList(ports.start(), ports.start() + ports.count());
    }

    /// Numbers of counters; 0 for a rule that has none.
    private List<Integer> rules(int set) {
        int start = maps.sets.get(set).rules();
        return maps.rules.subList(start, start + maps.rules.get(start - 1));
    }

    private List<Integer> wantedRules(PolicySet set) {
        List<RuleId> all = new ArrayList<>(set.admin());
        all.addAll(set.allows());
        all.addAll(set.baseline());
        return all.stream()
                .map(rule -> publication.rules().getOrDefault(rule, 0))
                .toList();
    }
}
