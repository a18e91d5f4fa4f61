// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What numbers of the Hubble API are called by its clients.
public final class HubbleWords {

    public static final int DROP = 1;
    public static final int CAPTURE = 3;
    public static final int TRACE = 4;
    public static final int POLICY_VERDICT = 5;
    public static final int TRACE_SOCK = 7;

    private static final Map<String, Integer> MESSAGE_TYPES = new TreeMap<>(Map.of(
            "drop",
            DROP,
            "capture",
            CAPTURE,
            "trace",
            TRACE,
            "policy-verdict",
            POLICY_VERDICT,
            "trace-sock",
            TRACE_SOCK,
            "l7",
            129));

    /// By number.
    private static final List<String> TRACE_POINTS = List.of(
            "to-endpoint",
            "to-proxy",
            "to-host",
            "to-stack",
            "to-overlay",
            "from-endpoint",
            "from-proxy",
            "from-host",
            "from-stack",
            "from-overlay",
            "from-network",
            "to-network",
            "from-crypto",
            "to-crypto");

    /// By number.
    private static final List<String> IDENTITIES = List.of(
            "unknown",
            "host",
            "world",
            "unmanaged",
            "health",
            "init",
            "remote-node",
            "kube-apiserver",
            "ingress",
            "world-ipv4",
            "world-ipv6");

    /// By number.
    private static final List<String> MATCHES =
            List.of("none", "L3-Only", "L3-L4", "L4-Only", "all", "L3-Proto", "Proto-Only");

    private static final Map<Integer, String> DROPS = Map.ofEntries(
            Map.entry(132, "Invalid source ip"),
            Map.entry(133, "Policy denied"),
            Map.entry(134, "Invalid packet"),
            Map.entry(140, "Missed tail call"),
            Map.entry(141, "Error writing to packet"),
            Map.entry(155, "CT: Map insertion failed"),
            Map.entry(158, "Service backend not found"),
            Map.entry(167, "No mapping for NAT masquerade"),
            Map.entry(169, "FIB lookup failed"),
            Map.entry(174, "Is a ClusterIP"),
            Map.entry(175, "First logical datagram fragment not found"),
            Map.entry(177, "Denied by LB src range check"),
            Map.entry(181, "Policy denied by denylist"),
            Map.entry(189, "Authentication required"),
            Map.entry(198, "Rate limited"),
            Map.entry(203, "Endpoint policy program not available"),
            // Numbers of Culvert.
            Map.entry(210, "No local backend"),
            Map.entry(211, "Backend removed"),
            Map.entry(212, "Port is a NodePort"),
            Map.entry(213, "No room for policy state"),
            Map.entry(214, "Pod not known to policies yet"),
            Map.entry(215, "Policy would deny (audit)"),
            Map.entry(216, "Connection taken up in the middle"),
            Map.entry(217, "Too big for the way to its backend"),
            Map.entry(218, "Backend is not on this node"));

    private HubbleWords() {}

    public static Optional<Integer> messageType(String name) {
        return Optional.ofNullable(MESSAGE_TYPES.get(name));
    }

    public static List<String> messageTypes() {
        return List.copyOf(MESSAGE_TYPES.keySet());
    }

    public static Optional<Integer> tracePoint(String name) {
        return index(TRACE_POINTS, name);
    }

    public static List<String> tracePoints() {
        return TRACE_POINTS;
    }

    static String tracePoint(int number) {
        return word(TRACE_POINTS, number).orElse(Integer.toString(number));
    }

    public static Optional<Integer> reservedIdentity(String name) {
        return index(IDENTITIES, name);
    }

    public static List<String> reservedIdentities() {
        return IDENTITIES;
    }

    static Optional<String> reservedIdentity(int number) {
        return word(IDENTITIES, number);
    }

    static String match(int number) {
        return word(MATCHES, number).orElse(Integer.toString(number));
    }

    /// Why something was dropped, by the number of the reason.
    public static String drop(int number) {
        return DROPS.getOrDefault(number, number + " (unknown)");
    }

    private static Optional<Integer> index(List<String> words, String word) {
        int index = words.indexOf(word);
        return index < 0 ? Optional.empty() : Optional.of(index);
    }

    private static Optional<String> word(List<String> words, int number) {
        return number >= 0 && number < words.size() ? Optional.of(words.get(number)) : Optional.empty();
    }
}
