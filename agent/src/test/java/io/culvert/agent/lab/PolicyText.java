// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabPod;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// NetworkPolicies of namespace x as manifests, put together of YAML in flow style.
final class PolicyText {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private PolicyText() {}

    /// @param pods labels of those that it is for
    /// @param rules none: nothing may come in
    static String ingress(String pods, String... rules) {
        return policy(pods, "policyTypes: [Ingress], ingress: [" + joined(rules) + "]");
    }

    /// @param rules none: nothing may go out
    static String egress(String pods, String... rules) {
        return policy(pods, "policyTypes: [Egress], egress: [" + joined(rules) + "]");
    }

    static String both(String pods, String ingress, String egress) {
        return policy(pods, "policyTypes: [Ingress, Egress], ingress: [" + ingress + "], egress: [" + egress + "]");
    }

    /// The same policy in another namespace.
    static String of(String namespace, String policy) {
        return policy.replace("namespace: x", "namespace: " + namespace);
    }

    /// The object of one policy with what another one says.
    static String updated(String policy, String by) {
        return by.replaceFirst("metadata: \\{.*}", Matcher.quoteReplacement(metadata(policy)));
    }

    private static String metadata(String policy) {
        return policy.lines()
                .filter(line -> line.startsWith("metadata: "))
                .findFirst()
                .orElseThrow();
    }

    private static String policy(String pods, String spec) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: p%d, namespace: x}
                spec: {podSelector: {matchLabels: {%s}}, %s}
                """.formatted(NUMBER.incrementAndGet(), pods, spec);
    }

    private static String joined(String... rules) {
        return Stream.of(rules)
                .map(rule -> rule.startsWith("{") ? rule : "{" + rule + "}")
                .collect(Collectors.joining(", "));
    }

    static String fromPeers(String... peers) {
        return "from: [" + String.join(", ", peers) + "]";
    }

    static String toPeers(String... peers) {
        return "to: [" + String.join(", ", peers) + "]";
    }

    /// Of a rule, alone or after its peers.
    static String ports(String... ports) {
        return "ports: [" + Stream.of(ports).map(port -> "{" + port + "}").collect(Collectors.joining(", ")) + "]";
    }

    /// @param expressions as `pod In [a, b]`
    static String pods(String labels, String... expressions) {
        return "{podSelector: " + selector(labels, expressions) + "}";
    }

    static String namespaces(String labels, String... expressions) {
        return "{namespaceSelector: " + selector(labels, expressions) + "}";
    }

    /// Pods that match both expressions.
    static String any(String namespaces, String pods) {
        return "{namespaceSelector: " + selector("", namespaces) + ", podSelector: " + selector("", pods) + "}";
    }

    private static String selector(String labels, String... expressions) {
        String all = Stream.of(expressions)
                .map(text -> text.split(" ", 3))
                .map(parts -> "{key: " + parts[0] + ", operator: " + parts[1] + ", values: " + parts[2] + "}")
                .collect(Collectors.joining(", "));
        return "{matchLabels: {" + labels + "}, matchExpressions: [" + all + "]}";
    }

    /// The addresses of a pod, as blocks.
    static String block(String pod, PolicyLab lab) {
        LabPod of = lab.pod(pod);
        return "{ipBlock: {cidr: \"" + of.ip(IpFamily.IPV4) + "/32\"}}, {ipBlock: {cidr: \"" + of.ip(IpFamily.IPV6)
                + "/128\"}}";
    }

    /// All addresses but those of a pod.
    static String around(PolicyLab lab, String pod) {
        LabPod of = lab.pod(pod);
        return "{ipBlock: {cidr: \"0.0.0.0/0\", except: [\"" + of.ip(IpFamily.IPV4)
                + "/32\"]}}, {ipBlock: {cidr: \"::/0\", except: [\"" + of.ip(IpFamily.IPV6) + "/128\"]}}";
    }
}
