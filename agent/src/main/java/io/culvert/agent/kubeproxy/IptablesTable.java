// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One table as `iptables-save` prints it.
///
/// @param name `nat`, `filter`, `mangle`, ...
/// @param builtIn its chains that have a policy
/// @param rules of every chain, in order
record IptablesTable(String name, List<String> builtIn, Map<String, List<Rule>> rules) {

    /// @param specification what follows the name of the chain, word for word
    record Rule(String chain, String specification) {

        private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
        private static final Pattern TARGET = Pattern.compile("(?:^|\\s)(?:-j|-g|--jump|--goto)\\s+(\\S+)");

        /// The chain or target that it leads to.
        Optional<String> target() {
            Matcher matcher = TARGET.matcher(QUOTED.matcher(specification).replaceAll("\"\""));
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        }
    }

    static List<IptablesTable> parse(String saved) {
        List<IptablesTable> tables = new ArrayList<>();
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                tables.add(new IptablesTable(line.substring(1).strip(), new ArrayList<>(), new LinkedHashMap<>()));
            } else if (!tables.isEmpty()) {
                tables.getLast().add(line);
            }
        }
        return tables;
    }

    private void add(String line) {
        String[] words = line.split(" ", 3);
        if (line.startsWith(":")) {
            String chain = words[0].substring(1);
            rules.putIfAbsent(chain, new ArrayList<>());
            // User-defined chains have a dash where others have a policy.
            if (words.length > 1 && !words[1].equals("-")) {
                builtIn.add(chain);
            }
        } else if (words.length == 3 && words[0].equals("-A")) {
            rules.computeIfAbsent(words[1], _ -> new ArrayList<>()).add(new Rule(words[1], words[2]));
        }
    }
}
