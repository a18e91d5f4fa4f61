// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.netfilter;

import io.culvert.agent.kubeproxy.KubeProxyChains;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A table of netfilter, as far as it may decide what becomes of packets that pass through this node.
///
/// @param name for people, such as `table inet filter`
/// @param policies of the chains that such packets enter: `drop` or something else
/// @param rules of every chain, as text of nft(8) or of iptables-save
record FilterTable(String name, Map<String, String> policies, Map<String, List<String>> rules) {

    private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern LEADS_TO = Pattern.compile("(?:\\bjump|\\bgoto|\\s-j|\\s-g)\\s+([^\\s,;}]+)");

    /// Whatever else is a target of iptables changes, counts or tells of a packet, and lets it go on.
    private static final Set<String> REFUSING =
            Set.of("DROP", "REJECT", "QUEUE", "NFQUEUE", "TARPIT", "STEAL", "SYNPROXY", "TPROXY", "DNAT", "REDIRECT");

    private static final Pattern REFUSES = Pattern.compile("\\b(?:drop|reject|queue|synproxy|tproxy)\\b|\\bvmap @");
    private static final Pattern FOREIGN = Pattern.compile("\\bxt target \"(?:" + String.join("|", REFUSING) + ")\"");

    /// Of the kubelet: about addresses of loopback, or of nothing.
    private static final Set<String> KUBELET = Set.of("KUBE-FIREWALL", "KUBE-KUBELET-CANARY", "KUBE-IPTABLES-HINT");

    /// What may refuse a packet, for people; empty: nothing.
    Optional<String> filters() {
        Set<String> seen = new HashSet<>();
        return policies.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> entry.getValue().equalsIgnoreCase("drop")
                        ? Optional.of("chain " + entry.getKey() + " has the policy drop").stream()
                        : in(entry.getKey(), seen).stream())
                .findFirst()
                .map(what -> name + ": " + what);
    }

    private Optional<String> in(String chain, Set<String> seen) {
        if (!seen.add(chain)) {
            return Optional.empty();
        }
        for (String rule : rules.getOrDefault(chain, List.of())) {
            String words = " " + QUOTED.matcher(rule).replaceAll("\"\"");
            Matcher leads = LEADS_TO.matcher(words);
            if (FOREIGN.matcher(rule).find()
                    || REFUSES.matcher(leads.replaceAll("")).find()) {
                return Optional.of("rule `" + rule.strip() + "` of chain " + chain);
            }
            leads.reset();
            while (leads.find()) {
                Optional<String> found = at(leads.group(1), rule, chain, seen);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> at(String target, String rule, String chain, Set<String> seen) {
        if (REFUSING.contains(target)) {
            return Optional.of("rule `" + rule.strip() + "` of chain " + chain);
        }
        return KubeProxyChains.contains(target) || KUBELET.contains(target) ? Optional.empty() : in(target, seen);
    }
}
