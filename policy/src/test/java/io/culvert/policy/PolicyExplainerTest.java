// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.RuleDraft.deny;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.policy.explain.Explanation;
import io.culvert.policy.explain.Explanation.Answer;
import io.culvert.policy.explain.Explanation.Path;
import io.culvert.policy.explain.PolicyExplainer;
import io.culvert.policy.explain.PolicyQuestion;
import io.culvert.policy.explain.PolicyQuestion.End;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Who may connect to whom, and why.
final class PolicyExplainerTest {

    private static final int ICMP = 1;

    private final TestCluster cluster = TestCluster.upstream();

    @Test
    void withoutPoliciesEveryoneMay() {
        Explanation explanation = explain("x/a", "y/b", 80);

        assertThat(explanation.paths()).hasSize(2).allMatch(Path::allowed);
        assertThat(explanation.paths())
                .extracting(path -> path.source() + " " + path.destination())
                .containsExactly("10.0.1.1 10.0.2.2", "fd00::1:1 fd00::2:2");
        assertThat(reasons(explanation))
                .containsExactly("no policy selects the pod for egress", "no policy selects the pod for ingress");
        assertThat(explanation.warnings()).isEmpty();
    }

    @Test
    void theRuleThatAllowsIsNamed() {
        cluster.put(Written.ingress(
                "y/in",
                "pod=b",
                allow().peers(pods("pod=z")),
                allow().peers(namespaces("ns=x")).ports(Written.named(Protocol.TCP, "serve-80-tcp"))));

        assertThat(reasons(explain("x/a", "y/b", 80)).getLast())
                .isEqualTo(
                        "NetworkPolicy y/in ingress[1] allows TCP \"serve-80-tcp\" from all pods of namespaces ns=x");
    }

    @Test
    void whereNothingAllowsEachRuleSaysWhyNot() {
        cluster.put(
                Written.ingress("y/deny", ""),
                Written.ingress(
                        "y/in",
                        "pod=b",
                        allow().peers(namespaces("ns=x")).ports(tcp(81, 90)),
                        allow().peers(pods("pod=a")).ports(tcp(80)),
                        allow().peers(pods("pod=a")).ports(tcp(81))));

        Path path = explain("x/a", "y/b", 80).paths().getFirst();
        assertThat(path.allowed()).isFalse();
        assertThat(path.answers().getFirst().verdict().allowed()).isTrue();
        Answer refused = path.answers().getLast();
        assertThat(refused.reason()).isEqualTo("isolated by NetworkPolicy y/deny, y/in, and no rule allows it");
        assertThat(refused.misses())
                .containsExactly(
                        "y/deny has no rules: it allows nothing",
                        "y/in ingress[0] allows TCP 81-90 from all pods of namespaces ns=x: not 80/TCP",
                        "y/in ingress[1] allows TCP 80 from pods pod=a of this namespace: another peer",
                        "y/in ingress[2] allows TCP 81 from pods pod=a of this namespace: another peer, and not 80/TCP");
    }

    @Test
    void tiersAreNamedWithTheirPriority() {
        cluster.put(
                Written.egress(PolicyTier.ADMIN, 7, "adm", namespaces("ns=x"), deny().peers(namespaces("ns=y"))),
                Written.ingress(PolicyTier.BASELINE, 9, "base", namespaces(""), deny().peers(namespaces("ns=z"))));

        assertThat(reasons(explain("x/a", "y/b", 80)))
                .containsExactly(
                        "ClusterNetworkPolicy adm (Admin, priority 7) egress[0] denies everything to all pods of namespaces ns=y",
                        "no rule matches, and no NetworkPolicy isolates the pod");
    }

    /// As one whose author meant one of these pods.
    @Test
    void aPolicyThatSelectsNobodyIsToldOfWhereItMayHaveBeenMeant() {
        cluster.put(Written.ingress("y/typo", "pod=bb"));
        cluster.put(Written.ingress("z/elsewhere", "pod=bb"));

        assertThat(explain("x/a", "y/b", 80).warnings())
                .extracting(PolicyWarning::toString)
                .singleElement()
                .asString()
                .contains("y/typo")
                .contains("it selects no pod");
    }

    @Test
    void aServiceIsItsTargets() {
        cluster.put(
                Written.ingress("y/in", "", allow().peers(namespaces("ns=x")).ports(tcp(80))));
        for (End service : List.of(named("y/web"), at("10.96.0.10"))) {
            Explanation explanation = PolicyExplainer.explain(
                    cluster.inputs(),
                    List.of(ClassicMistakesTest.WEB),
                    new PolicyQuestion(named("x/a"), service, OptionalInt.empty(), OptionalInt.of(80)));

            assertThat(explanation.paths()).singleElement().satisfies(path -> {
                assertThat(path.destination()).isEqualTo(IpAddress.of("10.0.2.1"));
                assertThat(path.port()).isEqualTo(8080);
                assertThat(path.allowed()).isFalse();
            });
            assertThat(explanation.notes())
                    .containsExactly(
                            "Service y/web port 80/TCP leads to 1 endpoints; policies see these, never the Service");
            assertThat(explanation.warnings())
                    .singleElement()
                    .satisfies(warning -> assertThat(warning.message()).contains("TCP 80 is the port of a Service"));
        }
    }

    @Test
    void anAddressThatIsNoPodHasNoPolicies() {
        cluster.put(Written.ingress("y/in", ""), Written.egress("x/out", ""));

        assertThat(answers(at("192.0.2.1"), named("y/b")))
                .extracting(Answer::pod)
                .hasToString("[y/b]");
        assertThat(answers(named("x/a"), at("192.0.2.1")))
                .extracting(Answer::pod)
                .hasToString("[x/a]");
        assertThat(answers(at("192.0.2.1"), at("192.0.2.2"))).isEmpty();
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> explain("x/nobody", "y/b", 80))
                .hasMessage("find pod x/nobody: there is none; name namespace/name of a pod, or an address");
        assertThatThrownBy(() -> explain("x/a", "y/nobody", 80))
                .hasMessageStartingWith("find y/nobody: no pod and no Service has this name");
        PolicyQuestion wrongPort =
                new PolicyQuestion(named("x/a"), named("y/web"), OptionalInt.empty(), OptionalInt.of(81));
        assertThatThrownBy(() -> PolicyExplainer.explain(cluster.inputs(), List.of(ClassicMistakesTest.WEB), wrongPort))
                .hasMessageEndingWith("it has no such port; it has 80/TCP");
    }

    private List<Answer> answers(End from, End to) {
        PolicyQuestion question = new PolicyQuestion(from, to, OptionalInt.of(ICMP), OptionalInt.empty());
        return PolicyExplainer.explain(cluster.inputs(), List.of(), question)
                .paths()
                .getFirst()
                .answers();
    }

    private Explanation explain(String from, String to, int port) {
        return PolicyExplainer.explain(
                cluster.inputs(),
                List.of(),
                new PolicyQuestion(named(from), named(to), OptionalInt.of(6), OptionalInt.of(port)));
    }

    private static List<String> reasons(Explanation explanation) {
        return explanation.paths().getFirst().answers().stream()
                .map(Answer::reason)
                .toList();
    }

    private static End named(String name) {
        return new End.Named(Written.objectName(name));
    }

    private static End at(String address) {
        return new End.At(IpAddress.of(address));
    }
}
