// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.cluster.policy.Direction;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A NetworkPolicy as a table of features: it can be written for agents, and says itself what it allows, without
/// anything of the agents' own.
///
/// @param ingress null: not a policy of this direction
record FeaturePolicy(
        String namespace,
        Selector pods,
        @Nullable List<Rule> ingress,
        @Nullable List<Rule> egress) {

    static FeaturePolicy of(Direction direction, String namespace, Selector pods, List<Rule> rules) {
        boolean in = direction == Direction.INGRESS;
        return new FeaturePolicy(namespace, pods, in ? rules : null, in ? null : rules);
    }

    /// A pod, as labels and addresses tell.
    record Pod(String namespace, Map<String, String> namespaceLabels, Map<String, String> labels) {}

    /// One end of a connection.
    ///
    /// @param pod empty where no object tells of the pod
    record End(Optional<Pod> pod, IpAddress address) {}

    /// One requirement: empty for everything, `pod=a`, `pod in a,b`, `pod notin a,b`.
    record Selector(String text) {

        static final Selector ALL = new Selector("");

        boolean matches(Map<String, String> labels) {
            if (text.isEmpty()) {
                return true;
            }
            String[] words = text.split("[ =]");
            String value = labels.get(words[0]);
            List<String> values = List.of(words[words.length - 1].split(","));
            return (value != null && values.contains(value)) != words[1].equals("notin");
        }

        String yaml() {
            if (text.isEmpty()) {
                return "{}";
            }
            String[] words = text.split("[ =]");
            return switch (words[1]) {
                case "in", "notin" ->
                    "{matchExpressions: [{key: %s, operator: %s, values: [%s]}]}"
                            .formatted(words[0], words[1].equals("in") ? "In" : "NotIn", words[2]);
                default -> "{matchLabels: {" + words[0] + ": " + words[1] + "}}";
            };
        }
    }

    /// Pods by one or both selectors, or a block.
    record Peer(
            @Nullable Selector namespaces,
            @Nullable Selector pods,
            @Nullable IpPrefix block,
            @Nullable IpPrefix except) {

        static Peer pods(@Nullable String namespaces, @Nullable String pods) {
            return new Peer(selector(namespaces), selector(pods), null, null);
        }

        private static @Nullable Selector selector(@Nullable String text) {
            return text == null ? null : new Selector(text);
        }

        static Peer block(String block, @Nullable String except) {
            return new Peer(null, null, prefix(block), except == null ? null : prefix(except));
        }

        private static IpPrefix prefix(String text) {
            return IpPrefix.parse(text).orElseThrow();
        }

        boolean matches(String policyNamespace, End end) {
            if (block != null) {
                return block.contains(end.address) && (except == null || !except.contains(end.address));
            }
            return end.pod
                    .filter(pod -> namespaces == null
                            ? pod.namespace.equals(policyNamespace)
                            : namespaces.matches(pod.namespaceLabels))
                    .filter(pod -> pods == null || pods.matches(pod.labels))
                    .isPresent();
        }

        String yaml() {
            if (block != null) {
                return "{ipBlock: {cidr: \"" + block + "\"" + (except == null ? "" : ", except: [\"" + except + "\"]")
                        + "}}";
            }
            return "{"
                    + (namespaces == null ? "" : "namespaceSelector: " + namespaces.yaml())
                    + (namespaces == null || pods == null ? "" : ", ")
                    + (pods == null ? "" : "podSelector: " + pods.yaml())
                    + "}";
        }
    }

    /// A port; TCP where no protocol is named.
    ///
    /// @param port a number or a name
    record Port(
            @Nullable Protocol protocol,
            @Nullable String port,
            @Nullable Integer end) {

        boolean matches(Protocol asked, int number, Map<String, Integer> names) {
            if (asked != (protocol == null ? Protocol.TCP : protocol)) {
                return false;
            }
            if (port == null) {
                return true;
            }
            if (!Character.isDigit(port.charAt(0))) {
                return Objects.equals(names.get(port + "/" + asked), number);
            }
            int first = Integer.parseInt(port);
            return first <= number && number <= (end == null ? first : end);
        }

        String yaml() {
            return List.of(
                            protocol == null ? "" : "protocol: " + protocol,
                            port == null ? "" : "port: " + port,
                            end == null ? "" : "endPort: " + end)
                    .stream()
                    .filter(field -> !field.isEmpty())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
    }

    record Rule(List<Peer> peers, List<Port> ports) {

        static final Rule ANYTHING = new Rule(List.of(), List.of());

        String yaml(String from) {
            return "{" + from + ": " + peers.stream().map(Peer::yaml).toList() + ", ports: "
                    + ports.stream().map(Port::yaml).toList() + "}";
        }
    }

    private @Nullable List<Rule> rules(Direction direction) {
        return direction == Direction.INGRESS ? ingress : egress;
    }

    /// Whether it isolates the pod in a direction.
    boolean isolates(Pod pod, Direction direction) {
        return rules(direction) != null && pod.namespace.equals(namespace) && pods.matches(pod.labels);
    }

    /// Whether a rule matches.
    ///
    /// @param names ports of the destination by name and protocol
    boolean allows(Direction direction, End peer, Protocol protocol, int port, Map<String, Integer> names) {
        return Objects.requireNonNull(rules(direction)).stream()
                .filter(rule -> rule.peers.isEmpty() || rule.peers.stream().anyMatch(p -> p.matches(namespace, peer)))
                .anyMatch(rule ->
                        rule.ports.isEmpty() || rule.ports.stream().anyMatch(p -> p.matches(protocol, port, names)));
    }

    /// @param name of the object
    String yaml(String name) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: %s, namespace: %s}
                spec:
                  podSelector: %s
                  policyTypes: [%s%s%s]
                %s%s""".formatted(
                name,
                namespace,
                pods.yaml(),
                ingress == null ? "" : "Ingress",
                ingress == null || egress == null ? "" : ", ",
                egress == null ? "" : "Egress",
                ingress == null
                        ? ""
                        : "  ingress: "
                                + ingress.stream()
                                        .map(rule -> rule.yaml("from"))
                                        .toList() + "\n",
                egress == null
                        ? ""
                        : "  egress: "
                                + egress.stream().map(rule -> rule.yaml("to")).toList() + "\n");
    }
}
