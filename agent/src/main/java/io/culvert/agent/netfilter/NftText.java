// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.netfilter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What nft(8) prints of chains.
final class NftText {

    private static final Pattern TABLE = Pattern.compile("^table (\\S+) (\\S+) \\{");
    private static final Pattern CHAIN = Pattern.compile("^\\s+chain (\\S+) \\{");
    private static final Pattern BASE =
            Pattern.compile("^\\s+type (\\S+) hook (\\S+) .*priority [^;]*;(?:\\s*policy (\\w+);)?");

    /// Where packets that are for somebody else pass, at any family; netdev has its own.
    private static final Set<String> HOOKS = Set.of("prerouting", "forward", "postrouting", "ingress", "egress");

    private static final Set<String> FAMILIES = Set.of("ip", "ip6", "inet", "bridge", "netdev");

    /// Of kube-proxy, and Culvert's own: they refuse nothing between pods.
    private static final Set<String> HARMLESS = Set.of("kube-proxy", "culvert-hold");

    private NftText() {}

    /// The tables with chains that a packet on its way may meet; address translation is none of that.
    ///
    /// @param text what `nft list chains` or `nft list table` printed
    static List<FilterTable> tables(String text) {
        List<FilterTable> tables = new ArrayList<>();
        String chain = "";
        for (String line : text.lines().toList()) {
            Matcher table = TABLE.matcher(line);
            Matcher begins = CHAIN.matcher(line);
            if (table.find()) {
                tables.add(new FilterTable(
                        "table " + table.group(1) + " " + table.group(2), new LinkedHashMap<>(), new HashMap<>()));
            } else if (begins.find()) {
                chain = begins.group(1);
            } else if (line.strip().equals("}")) {
                chain = "";
            } else if (!tables.isEmpty() && !chain.isEmpty()) {
                add(tables.getLast(), chain, line);
            }
        }
        return tables.stream()
                .filter(table -> !table.policies().isEmpty() && isOfOthers(table.name()))
                .toList();
    }

    private static void add(FilterTable table, String chain, String line) {
        Matcher base = BASE.matcher(line);
        if (!base.find()) {
            table.rules().computeIfAbsent(chain, _ -> new ArrayList<>()).add(line);
        } else if (!base.group(1).equals("nat") && HOOKS.contains(base.group(2))) {
            table.policies().put(chain, base.group(3) == null ? "accept" : base.group(3));
        }
    }

    private static boolean isOfOthers(String name) {
        String[] words = name.split(" ");
        return FAMILIES.contains(words[1]) && !HARMLESS.contains(words[2]);
    }

    /// The same as words of a command.
    static Map<String, List<String>> listings(List<FilterTable> tables) {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        for (FilterTable table : tables) {
            String[] words = table.name().split(" ");
            commands.put(table.name(), List.of("nft", "-t", "list", "table", words[1], words[2]));
        }
        return commands;
    }
}
