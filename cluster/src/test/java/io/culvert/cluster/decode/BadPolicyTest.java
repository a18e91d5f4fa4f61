// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Policies that are wrong as a whole, or larger than anybody writes them.
class BadPolicyTest {

    private static final String POLICY = """
            metadata: {name: p, namespace: x}
            spec:
              podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}
              policyTypes: [Ingress, Egress]
              ingress:
              - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {namespaceSelector: {}}]
                ports: [{port: 80, endPort: 90}, {protocol: UDP, port: dns}]
              egress: [{to: [{podSelector: {matchLabels: {a: b}}}]}]
            """;

    private final Decoding decoding = new Decoding();

    @Test
    void aNameMayHave253Characters() {
        String longest = "a".repeat(253);

        NetworkPolicy policy = decoding.wanted(DocumentKind.NETWORK_POLICY, "metadata: {name: " + longest + "}");

        assertThat(policy.name().name()).isEqualTo(longest);
        assertThatThrownBy(() -> decoding.decode(DocumentKind.NETWORK_POLICY, "metadata: {name: " + longest + "a}"))
                .isInstanceOf(InvalidObjectException.class)
                .hasMessageContaining("is not an object name");
    }

    @Test
    void aHugeSelectorIsReadAndMatches() {
        String values = IntStream.range(0, 20_000).mapToObj(i -> "v" + i).collect(Collectors.joining(","));
        String labels = IntStream.range(0, 2_000)
                .mapToObj(i -> "{key: k" + i + ", operator: DoesNotExist}")
                .collect(Collectors.joining(","));

        NetworkPolicy policy = decoding.wanted(DocumentKind.NETWORK_POLICY, """
                metadata: {name: p}
                spec: {podSelector: {matchExpressions: [{key: app, operator: In, values: [%s]}, %s]}}
                """.formatted(values, labels));

        LabelSelector selector = policy.podSelector();
        assertThat(selector.matchExpressions()).hasSize(2_001);
        assertThat(selector.matches(Map.of("app", "v19999"))).isTrue();
        assertThat(selector.matches(Map.of("app", "v20000"))).isFalse();
        assertThat(selector.matches(Map.of("app", "v1", "k1999", ""))).isFalse();
    }

    /// Nothing of these can be enforced, from either source.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                podSelector: {matchLabels: {a: 1}}                                    | spec.podSelector.matchLabels.a: must be a string
                podSelector: {matchExpressions: [{key: a, operator: Near}]}           | "Near" is not an operator
                podSelector: {matchExpressions: [{operator: Exists}]}                 | spec.podSelector.matchExpressions[0].key: is missing
                podSelector: {matchFields: {}}                                        | spec.podSelector.matchFields: is not a field that Culvert knows
                podSelector: web                                                      | spec.podSelector: must be a mapping
                ingress: {}                                                           | spec.ingress: must be a list
                ingress: [{from: {podSelector: {}}}]                                  | spec.ingress[0].from: must be a list
                """)
    void aNetworkPolicyThatIsRefusedWhole(String spec, String message) {
        assertThatThrownBy(
                        () -> decoding.decode(DocumentKind.NETWORK_POLICY, "metadata: {name: p}\nspec: {" + spec + "}"))
                .isInstanceOf(InvalidObjectException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                priority: 1, subject: {namespaces: {}}                          | spec.tier: is missing
                tier: Admin, subject: {namespaces: {}}                          | spec.priority: is missing
                tier: Root, priority: 1, subject: {namespaces: {}}              | spec.tier: "Root" is not a tier
                tier: Admin, priority: 1001, subject: {namespaces: {}}          | spec.priority: 1001 is not a priority
                tier: Admin, priority: -1, subject: {namespaces: {}}            | spec.priority: -1 is not a priority
                tier: Admin, priority: 1                                        | spec.subject.namespaces: must be there
                tier: Admin, priority: 1, subject: {namespaces: {}, pods: {}}   | spec.subject.namespaces: must be there
                tier: Admin, priority: 1, subject: {nodes: {}}                  | spec.subject.nodes: is not a field that Culvert knows
                """)
    void D1_02_D1_03_D1_04_aClusterNetworkPolicyThatIsRefusedWhole(String spec, String message) {
        assertThatThrownBy(() -> decoding.decode(
                        DocumentKind.CLUSTER_NETWORK_POLICY, "metadata: {name: p}\nspec: {" + spec + "}"))
                .isInstanceOf(InvalidObjectException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"audit, true, 0", "enforce, false, 0", "loud, false, 1"})
    void theModeOfANamespaceIsAnAnnotation(String mode, boolean audit, int problems) {
        Namespace namespace = decoding.wanted(
                DocumentKind.NAMESPACE, "metadata: {name: x, annotations: {culvert.io/policy-mode: " + mode + "}}");

        assertThat(namespace.audit()).isEqualTo(audit);
        assertThat(decoding.badEntries).hasSize(problems);
    }

    /// Whatever an API server sends, there is a policy or one line that says why not.
    @Test
    void damagedPoliciesNeverThrowAnythingElse() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int round = 0; round < 5_000; round++) {
            String damaged = damaged(random);
            assertThatCode(() -> decode(damaged))
                    .as("seed %d, round %d:\n%s", seed, round, damaged)
                    .doesNotThrowAnyException();
        }
    }

    private static String damaged(RandomGenerator random) {
        StringBuilder damaged = new StringBuilder(POLICY);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int at = random.nextInt(damaged.length());
            if (random.nextBoolean()) {
                damaged.deleteCharAt(at);
            } else {
                damaged.setCharAt(at, "{}[]:,-/019ax ".charAt(random.nextInt(14)));
            }
        }
        return damaged.toString();
    }

    private static void decode(String text) {
        ObjectDecoder decoder = new ObjectDecoder(_ -> {});
        try {
            for (Value document : YamlValues.read(text)) {
                if (document instanceof Value.Mapping mapping) {
                    assertThat(decoder.decode(DocumentKind.NETWORK_POLICY, mapping))
                            .isInstanceOf(Decoded.Wanted.class);
                }
            }
        } catch (InvalidObjectException e) {
            assertThat(e.reason()).isNotBlank().doesNotContain("\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"Admin, 0", "Admin, 1000", "Baseline, 0", "Baseline, 1000"})
    void D1_02_D1_03_eachTierAndThePrioritiesAtBothEnds(String tier, int priority) {
        ClusterNetworkPolicy policy = decoding.wanted(
                DocumentKind.CLUSTER_NETWORK_POLICY,
                "metadata: {name: p}\nspec: {tier: %s, priority: %d, subject: {namespaces: {}}}"
                        .formatted(tier, priority));

        assertThat(policy.tier().apiName()).isEqualTo(tier);
        assertThat(policy.priority()).isEqualTo(priority);
        assertThat(decoding.badEntries).isEmpty();
    }

    @Test
    void D1_09_anEmptyClusterNetworkPolicySaysNothing() {
        ClusterNetworkPolicy policy = decoding.wanted(
                DocumentKind.CLUSTER_NETWORK_POLICY,
                "metadata: {name: p}\nspec: {tier: Admin, priority: 0, subject: {namespaces: {}}}");

        assertThat(policy.ingress()).isEmpty();
        assertThat(policy.egress()).isEmpty();
    }
}
