// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.netfilter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// What iptables-legacy-save and its likes print, whose tables nft(8) does not know.
final class LegacyText {

    private static final Set<String> CHAINS = Set.of("PREROUTING", "FORWARD", "POSTROUTING");

    private LegacyText() {}

    /// All tables but those of address translation.
    ///
    /// @param program that printed it
    static List<FilterTable> tables(String program, String saved) {
        List<FilterTable> tables = new ArrayList<>();
        for (String line : saved.lines().toList()) {
            String[] words = line.split(" ", 3);
            if (line.startsWith("*")) {
                String name = program + " table " + line.substring(1).strip();
                tables.add(new FilterTable(name, new LinkedHashMap<>(), new HashMap<>()));
            } else if (line.startsWith(":") && words.length > 1 && CHAINS.contains(words[0].substring(1))) {
                tables.getLast().policies().put(words[0].substring(1), words[1]);
            } else if (line.startsWith("-A ") && words.length == 3) {
                tables.getLast()
                        .rules()
                        .computeIfAbsent(words[1], _ -> new ArrayList<>())
                        .add(words[2]);
            }
        }
        return tables.stream().filter(table -> !table.name().endsWith(" nat")).toList();
    }
}
