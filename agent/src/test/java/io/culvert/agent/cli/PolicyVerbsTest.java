// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.explain.PolicyAnswers;
import io.culvert.agent.flows.EndpointId;
import io.culvert.cluster.Change;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.manifest.Manifest;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyView;
import io.culvert.policy.RuleId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What the verbs about policies show of a cluster of two nodes: pods client and web here, db elsewhere.
final class PolicyVerbsTest {

    private static final String CLUSTER = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {team: a}}}
            - apiVersion: v1
              kind: Pod
              metadata: {name: client, namespace: default, labels: {app: client}}
              spec: {nodeName: n1}
              status: {phase: Running, podIPs: [{ip: 10.1.0.2}]}
            - apiVersion: v1
              kind: Pod
              metadata: {name: web, namespace: default, labels: {app: web}}
              spec: {nodeName: n1}
              status: {phase: Running, podIPs: [{ip: 10.1.0.3}]}
            - apiVersion: v1
              kind: Pod
              metadata: {name: db, namespace: default, labels: {app: db}}
              spec: {nodeName: n2}
              status: {phase: Running, podIPs: [{ip: 10.1.1.4}]}
            - apiVersion: v1
              kind: Service
              metadata: {name: shop, namespace: default}
              spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{name: http, port: 80, protocol: TCP}]}
            - apiVersion: discovery.k8s.io/v1
              kind: EndpointSlice
              metadata: {name: shop-1, namespace: default, labels: {kubernetes.io/service-name: shop}}
              addressType: IPv4
              ports: [{name: http, port: 8080, protocol: TCP}]
              endpoints: [{addresses: [10.1.0.3], conditions: {ready: true}}]
            """;

    private static final String WEB = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: client}}}]
                ports: [{port: 80, protocol: TCP}]
            """;

    private static final String ADMIN = """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: no-db}
            spec:
              tier: Admin
              priority: 7
              subject: {namespaces: {}}
              egress:
              - name: db
                action: Deny
                to: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}]
            """;

    @RegisterExtension
    private final ListedNode node = new ListedNode();

    @TempDir
    private Path temporary;

    private final ClusterStore store = new ClusterStore(Set.of("test"));

    @BeforeEach
    void policies() {
        apply(CLUSTER);
        apply(WEB);
        apply(ADMIN);
        node.policies = new PolicyAnswers("n1", store::state, Optional::empty, Optional::empty);
    }

    @Test
    void aListSaysWhatEachPolicyIsAbout() {
        assertThat(node.run("policy", "list")).isEqualTo("""
                        Namespace   Name    Kind            Pods Here   Direction   Rules   Generation   Status
                        default     web     NetworkPolicy   1           ingress     1       -            not enforced
                        -           no-db   Admin 7         2           egress      1       -            not enforced
                        """);
        assertThat(node.run("policy", "list", "-n", "default", "-o", "wide"))
                .contains("pods app=web of this namespace")
                .doesNotContain("no-db");
    }

    @Test
    void onePolicyComesWithItsRulesAndWithWarnings() {
        CommandLineRun run = node.ask("policy", "get", "default/web");
        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.out()).isEqualTo("""
                        NetworkPolicy default/web
                        selects pods app=web of this namespace: 1 on this node
                        not enforced

                        Rule         Says                                                   Packets   Bytes
                        ingress[0]   allows TCP 80 from pods app=client of this namespace   -         -
                        """);
        assertThat(run.err())
                .isEqualTo("culvert: warning: ingress[0]: TCP 80 is the port of a Service, and the pods"
                        + " behind it listen at 8080; policies see the pod's port: name 8080\n");
        assertThat(node.run("policy", "get", "no-db"))
                .startsWith("ClusterNetworkPolicy no-db, Admin 7\n")
                .contains("denies everything to pods app=db of all namespaces");
        assertThat(node.ask("policy", "get", "web"))
                .isEqualTo(new CommandLineRun(
                        ExitStatus.FAILED,
                        "",
                        "culvert: get policy web: there is no ClusterNetworkPolicy of this name; culvert policy list"
                                + " shows all\n"));
    }

    @Test
    void anExplanationNamesTheRuleOrTheReason() {
        assertThat(node.run("policy", "explain", "client", "web", "80/TCP")).isEqualTo("""
                        default/client (10.1.0.2) -> default/web (10.1.0.3) 80/TCP: allowed
                          egress of default/client: allowed: no rule matches, and no NetworkPolicy isolates the pod
                          ingress of default/web: allowed: NetworkPolicy default/web ingress[0] allows TCP 80 from pods app=client of this namespace
                        warning: default/web: ingress[0]: TCP 80 is the port of a Service, and the pods behind it listen at 8080; policies see the pod's port: name 8080
                        """);
        assertThat(node.run("policy", "explain", "client", "db", "5432/TCP")).isEqualTo("""
                        default/client (10.1.0.2) -> default/db (10.1.1.4) 5432/TCP: refused
                          egress of default/client: refused: ClusterNetworkPolicy no-db (Admin, priority 7) egress[0] "db" denies everything to pods app=db of all namespaces
                          ingress of default/db (on another node): allowed: no policy selects the pod for ingress
                        """);
    }

    @Test
    void aServiceIsItsEndpoints() {
        for (String service : List.of("shop", "10.96.0.10")) {
            assertThat(node.run("policy", "explain", "client", service)).startsWith("""
                            default/client (10.1.0.2) -> default/web (10.1.0.3) 8080/TCP: refused
                              egress of default/client: allowed: no rule matches, and no NetworkPolicy isolates the pod
                              ingress of default/web: refused: isolated by NetworkPolicy default/web, and no rule allows it
                                default/web ingress[0] allows TCP 80 from pods app=client of this namespace: not 8080/TCP
                            note: Service default/shop port 80/TCP leads to 1 endpoints; policies see these, never the Service
                            """);
        }
    }

    @Test
    void aDryRunAnswersAsIfPoliciesWereApplied() throws IOException {
        Path file = Files.writeString(temporary.resolve("new.yaml"), WEB.replace("port: 80", "port: 8080"));

        String answer = node.run("policy", "explain", "client", "shop", "80", "--with", file.toString());

        assertThat(answer)
                .startsWith("default/client (10.1.0.2) -> default/web (10.1.0.3) 8080/TCP: allowed\n")
                .contains("note: as if, with another NetworkPolicy default/web; nothing is applied")
                .doesNotContain("warning");
        assertThat(node.run("policy", "explain", "client", "shop", "80")).contains("refused");
        Files.writeString(file, "kind: NetworkPolicy");
        assertThat(node.ask("policy", "explain", "client", "shop", "--with", file.toString()))
                .satisfies(run -> assertThat(run.status()).isEqualTo(ExitStatus.FAILED))
                .satisfies(run -> assertThat(run.err()).startsWith("culvert: read " + file + ":1:1: "));
    }

    @Test
    void auditModeIsSaid() {
        apply("{apiVersion: v1, kind: Namespace, metadata: {name: default,"
                + " annotations: {culvert.io/policy-mode: audit}}}");

        assertThat(node.run("endpoint", "list")).containsPattern("default/web +isolated +rules +audit ");
        assertThat(node.run("policy", "explain", "client", "web", "81/TCP"))
                .contains(
                        "note: namespace default is in audit mode: what its pods' policies refuse is counted, and passes");
    }

    @Test
    void whatIsNotThereIsOneLine() {
        assertThat(node.ask("policy", "explain", "nobody", "web", "80"))
                .isEqualTo(new CommandLineRun(
                        ExitStatus.FAILED,
                        "",
                        "culvert: find pod default/nobody: there is none; name namespace/name of a pod, or an"
                                + " address\n"));
        assertThat(node.ask("policy", "explain", "client", "web").err())
                .isEqualTo("culvert: explain a connection: no port; name one, as 80/TCP, or icmp\n");
    }

    @Test
    void enforcedPoliciesHaveNumbersAndAStatus() {
        PolicyInputs inputs = PolicyInputs.of(store.state(), "n1");
        var plan = PolicyCompiler.compile(inputs);
        var numbers = new HashMap<io.culvert.policy.Identity, Integer>();
        plan.identities().stream()
                .filter(identity -> !identity.namespace().isEmpty())
                .forEach(identity -> numbers.put(identity, 100 + numbers.size()));
        PolicyView view = new PolicyView(inputs, plan, 12, numbers, Map.<RuleId, Integer>of(), List.of("no room"));
        apply(WEB.replace("name: web", "name: late"));
        node.policies = new PolicyAnswers("n1", store::state, () -> Optional.of(view), Optional::empty);

        assertThat(node.run("policy", "list")).isEqualTo("""
                        Namespace   Name    Kind            Pods Here   Direction   Rules   Generation   Status
                        default     late    NetworkPolicy   1           ingress     1       12           error: no room
                        default     web     NetworkPolicy   1           ingress     1       12           enforced on 1 pods
                        -           no-db   Admin 7         2           egress      1       12           enforced on 2 pods
                        """);
        assertThat(node.run("endpoint", "list").replaceAll("10[0-2] ", "NNN ")).isEqualTo("""
                        Pod              Policy (Ingress)   Policy (Egress)   Mode      Identity   Address
                        default/client   open               rules             enforce   NNN        10.1.0.2
                        default/web      isolated           rules             enforce   NNN        10.1.0.3
                        """);
        int endpoint = EndpointId.of(new ObjectName("default", "web"), "");
        assertThat(node.run("endpoint", "list", "-o", "wide")).containsPattern("default/web .* " + endpoint + " ");
        assertThat(node.run("endpoint", "list", "-o", "json")).contains("\"id\" : " + endpoint + ",");
        assertThat(node.run("identity", "list"))
                .contains("app=client")
                .contains("app=db")
                .hasLineCount(4);
        assertThat(node.run("ipcache", "get", "10.1.1.4"))
                .contains("default/db")
                .hasLineCount(2);
        assertThat(node.run("ipcache", "list", "-o", "json").replaceAll(": 10[0-2],", ": N,"))
                .isEqualToIgnoringWhitespace("""
                        [{"address": "10.1.0.2", "identity": N, "pod": "default/client"},
                         {"address": "10.1.0.3", "identity": N, "pod": "default/web"},
                         {"address": "10.1.1.4", "identity": N, "pod": "default/db"}]
                        """);
        assertThat(node.ask("ipcache", "get", "10.9.9.9").err())
                .startsWith("culvert: get identity of 10.9.9.9: no pod that policies know has this address");
    }

    @Test
    void withoutAnAgentNamesCannotBeKnown() {
        CommandLineRun run = CommandLineRun.of("policy", "list", "--run-dir", temporary.toString());

        assertThat(run.status()).isEqualTo(ExitStatus.NOTHING_THERE);
        assertThat(run.err())
                .startsWith("culvert: ask for policies: no agent at ")
                .hasLineCount(1);
    }

    private void apply(String manifest) {
        Manifest read = Manifest.read("test.yaml", manifest);
        assertThat(read.problems()).isEmpty();
        store.apply(read.objects().stream().map(Change::put).toList());
    }
}
