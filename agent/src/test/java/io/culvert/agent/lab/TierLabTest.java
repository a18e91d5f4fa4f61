// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.ClusterPolicyText.everyPod;
import static io.culvert.agent.lab.ClusterPolicyText.namespace;
import static io.culvert.agent.lab.ClusterPolicyText.pairs;
import static io.culvert.agent.lab.ClusterPolicyText.pod;
import static io.culvert.agent.lab.ClusterPolicyText.policy;
import static io.culvert.agent.lab.ClusterPolicyText.protocol;
import static io.culvert.cluster.policy.PolicyTier.ADMIN;
import static io.culvert.cluster.policy.PolicyTier.BASELINE;

import io.culvert.agent.lab.ClusterPolicyText.Rule;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.testkit.LabTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The tiers of ClusterNetworkPolicies above and below NetworkPolicies, by real agents and sockets. Pods x/a, which is
/// routed, and x/b, which is on a bridge, are protected; each step tries all pairs of pods, TCP and UDP, both families.
/// Every change of a policy is one of the object that is there.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class TierLabTest {

    /// What the NetworkPolicy of a step says.
    private enum Namespaced {
        NONE,
        ALLOWS_ALL,
        ALLOWS_NOTHING
    }

    /// What the Baseline policy of a step says of everybody.
    private enum Base {
        NONE,
        ACCEPT,
        DENY,
        PASS
    }

    private static PolicyLab lab;

    @BeforeAll
    static void create() {
        lab = PolicyLab.create();
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @BeforeEach
    void withoutPolicies() {
        lab.reset();
        awaitBlocked(List.of());
    }

    private static void enforce(String... policies) {
        lab.enforce(String.join("---\n", policies));
    }

    private static void awaitBlocked(List<String> pairs) {
        for (String traffic : List.of("tcp/80", "udp/80")) {
            lab.awaitBlocked(traffic, pairs.toArray(String[]::new));
        }
    }

    private static void awaitBlocked(Direction direction, String... peers) {
        awaitBlocked(pairs(direction, peers).toList());
    }

    /// Admin rules accept y/a, deny y/b and pass y/c; of others they say nothing. Each kind of NetworkPolicy meets each
    /// kind of Baseline below them.
    @ParameterizedTest
    @EnumSource
    void D2_02_D2_03_D2_04_D2_05_D2_06_D2_07_D2_08_eachTierHasItsTurn(Direction direction) {
        String admin = admin(direction, "Accept", "Deny", "Pass");
        for (Namespaced namespaced : Namespaced.values()) {
            for (Base base : Base.values()) {
                enforce(Stream.of(admin, namespaced(direction, namespaced), baseline(direction, base))
                        .filter(policy -> !policy.isEmpty())
                        .toArray(String[]::new));
                awaitBlocked(blocked(direction, "y/a", "y/b", isClosed(namespaced, base)));
            }
        }
    }

    /// Below them nothing is let through, first by a NetworkPolicy and then by the Baseline.
    @ParameterizedTest
    @EnumSource
    void D2_02_D2_03_D2_04_anActionChangesInPlace(Direction direction) {
        for (String below : List.of(namespaced(direction, Namespaced.ALLOWS_NOTHING), baseline(direction, Base.DENY))) {
            enforce(below, admin(direction, "Accept", "Deny", "Pass"));
            awaitBlocked(blocked(direction, "y/a", "y/b", true));
            enforce(below, admin(direction, "Deny", "Pass", "Accept"));
            awaitBlocked(blocked(direction, "y/c", "y/a", true));
            enforce(below, admin(direction, "Pass", "Accept", "Deny"));
            awaitBlocked(blocked(direction, "y/b", "y/c", true));
        }
    }

    /// Who is neither accepted nor denied depends on what is below.
    private static List<String> blocked(Direction direction, String accepted, String denied, boolean closed) {
        if (!closed) {
            return pairs(direction, denied).toList();
        }
        return Stream.concat(pairs(direction, "*"), pairs(direction, accepted).map(pair -> "!" + pair))
                .toList();
    }

    private static boolean isClosed(Namespaced namespaced, Base base) {
        return switch (namespaced) {
            case NONE -> base == Base.DENY;
            case ALLOWS_ALL -> false;
            case ALLOWS_NOTHING -> true;
        };
    }

    private static String admin(Direction direction, String ofA, String ofB, String ofC) {
        return policy(
                ADMIN,
                10,
                "admin",
                direction,
                Rule.of(ofA, pod("y/a")),
                Rule.of(ofB, pod("y/b")),
                Rule.of(ofC, pod("y/c")));
    }

    private static String baseline(Direction direction, Base base) {
        return switch (base) {
            case NONE -> "";
            case ACCEPT -> policy(BASELINE, 10, "base", direction, Rule.of("Accept", everyPod()));
            case DENY -> policy(BASELINE, 10, "base", direction, Rule.of("Deny", everyPod()));
            case PASS ->
                policy(BASELINE, 10, "base", direction, Rule.of("Pass", everyPod()), Rule.of("Deny", everyPod()));
        };
    }

    private static String namespaced(Direction direction, Namespaced says) {
        String rules = says == Namespaced.ALLOWS_ALL ? "[{}]" : "[]";
        return says == Namespaced.NONE ? "" : namespaced(direction, rules);
    }

    /// @param rules the list of this direction
    private static String namespaced(Direction direction, String rules) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: namespaced, namespace: x}
                spec:
                  podSelector: {matchExpressions: [{key: pod, operator: In, values: [a, b]}]}
                  policyTypes: [%s]
                  %s: %s
                """.formatted(direction.apiName(), direction == Direction.INGRESS ? "ingress" : "egress", rules);
    }

    /// The Baseline below them denies everybody, so that Pass is told from Accept; in the Baseline itself Pass allows.
    @ParameterizedTest
    @EnumSource
    void D2_01_D2_07_prioritiesChangeInPlace(Direction direction) {
        String last = policy(BASELINE, 1000, "last", direction, Rule.of("Deny", everyPod()));
        for (PolicyTier tier : PolicyTier.values()) {
            String[] passed = tier == ADMIN ? new String[] {"*"} : new String[] {"x/*", "y/*"};
            enforce(last, ranked(tier, "one", 10, direction, "Deny"), ranked(tier, "two", 20, direction, "Pass"));
            awaitBlocked(direction, "*");
            enforce(last, ranked(tier, "one", 30, direction, "Deny"), ranked(tier, "two", 20, direction, "Pass"));
            awaitBlocked(direction, passed);
            enforce(last, ranked(tier, "one", 30, direction, "Accept"), ranked(tier, "two", 40, direction, "Deny"));
            awaitBlocked(direction, "x/*", "y/*");
            enforce(last, ranked(tier, "one", 30, direction, "Accept"), ranked(tier, "two", 0, direction, "Deny"));
            awaitBlocked(direction, "*");
        }
    }

    /// About namespace z.
    private static String ranked(PolicyTier tier, String name, int priority, Direction direction, String action) {
        return policy(tier, priority, name, direction, Rule.of(action, namespace("z")));
    }

    /// First z may ask and is answered by pods that may send nothing of their own; then what the server's end accepts
    /// is denied at the client's.
    @Test
    void D2_09_D2_10_bothEndsMustAllowAndRepliesAreNotAskedAbout() {
        enforce(policy(
                ADMIN,
                10,
                "admin",
                Map.of(
                        Direction.INGRESS, List.of(Rule.of("Accept", namespace("z")), Rule.of("Deny", everyPod())),
                        Direction.EGRESS, List.of(Rule.of("Deny", everyPod())))));
        awaitBlocked(List.of("* -> x/a", "* -> x/b", "!z/* -> x/a", "!z/* -> x/b", "x/a -> *", "x/b -> *"));

        enforce(
                policy(ADMIN, 10, "admin", Direction.INGRESS, Rule.of("Accept", namespace("z"))),
                policy(ADMIN, 20, "out", Direction.EGRESS, Rule.of("Accept", everyPod())),
                denyEgress("z/a"));
        awaitBlocked(List.of("z/a -> *"));
    }

    private static String denyEgress(String pod) {
        return """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: source}
                spec:
                  tier: Admin
                  priority: 1
                  subject: %s
                  egress: [{action: Deny, to: [{namespaces: {}}]}]
                """.formatted(pod(pod));
    }

    /// Upstream's test of priorities: what one denies in both directions another one passes as soon as it comes first,
    /// and the Baseline decides.
    @Test
    void D3_09_prioritiesAreSwapped() {
        String base = both(BASELINE, 10, "base", "Deny", protocol("tcp/80"));
        List<String> all = Stream.of(Direction.values())
                .flatMap(direction -> pairs(direction, "z/*"))
                .toList();
        enforce(base, both(ADMIN, 50, "deny", "Deny"), both(ADMIN, 60, "pass", "Pass"));
        awaitBlocked(all);

        enforce(base, both(ADMIN, 60, "deny", "Deny"), both(ADMIN, 50, "pass", "Pass"));
        lab.awaitBlocked("tcp/80", all.toArray(String[]::new));
        lab.awaitBlocked("udp/80");
    }

    /// Upstream's test of all three: denied by an Admin policy, passed to a NetworkPolicy that allows, and when it is
    /// deleted to a Baseline that denies; one direction after the other.
    @ParameterizedTest
    @EnumSource
    void D3_10_adminPoliciesNetworkPoliciesAndTheBaseline(Direction direction) {
        String base = both(BASELINE, 10, "base", "Deny");
        String allow = namespaced(direction, Namespaced.ALLOWS_ALL);
        Direction other = direction == Direction.INGRESS ? Direction.EGRESS : Direction.INGRESS;
        List<String> all = Stream.of(Direction.values())
                .flatMap(each -> pairs(each, "z/*"))
                .toList();
        enforce(base, allow, both(ADMIN, 10, "admin", "Deny"));
        awaitBlocked(all);

        enforce(
                base,
                allow,
                policy(
                        ADMIN,
                        10,
                        "admin",
                        Map.of(
                                direction, List.of(Rule.of("Pass", namespace("z"))),
                                other, List.of(Rule.of("Deny", namespace("z"))))));
        awaitBlocked(other, "z/*");

        enforce(base, allow, both(ADMIN, 10, "admin", "Pass"));
        awaitBlocked(other, "z/*");

        enforce(base, both(ADMIN, 10, "admin", "Pass"));
        awaitBlocked(all);
    }

    /// About namespace z, in both directions.
    private static String both(PolicyTier tier, int priority, String name, String action, String... protocols) {
        List<Rule> rules = List.of(Rule.of(action, namespace("z"), protocols));
        return policy(tier, priority, name, Map.of(Direction.INGRESS, rules, Direction.EGRESS, rules));
    }
}
