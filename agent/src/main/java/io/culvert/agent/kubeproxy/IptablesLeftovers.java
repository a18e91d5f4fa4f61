// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import io.culvert.agent.kubeproxy.IptablesTable.Rule;
import io.culvert.agent.kubeproxy.Leftover.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// kube-proxy's chains and the rules of built-in chains that lead to them, in every table, of both families and both
/// back ends of iptables: each back end only shows its own rules.
///
/// A table is changed in one transaction of `iptables-restore --noflush`, which leaves what it does not name as it is.
/// A chain that somebody else's chain leads to stays, with all that it needs.
final class IptablesLeftovers {

    private static final List<String> PROGRAMS =
            List.of("iptables-legacy", "iptables-nft", "iptables", "ip6tables-legacy", "ip6tables-nft", "ip6tables");

    private IptablesLeftovers() {}

    static List<Leftover> find(Commands commands) {
        List<Leftover> found = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String program : PROGRAMS) {
            commands.output(program + "-save")
                    // The plain name is one of the other two.
                    .filter(saved -> seen.add(program.substring(0, 4) + withoutComments(saved)))
                    .map(IptablesTable::parse)
                    .ifPresent(tables -> found.addAll(in(program, tables)));
        }
        return found;
    }

    private static List<Leftover> in(String program, List<IptablesTable> tables) {
        boolean kubeProxy = tables.stream()
                .flatMap(table -> table.rules().keySet().stream())
                .anyMatch(KubeProxyChains::contains);
        return kubeProxy
                ? tables.stream().flatMap(table -> in(program, table).stream()).toList()
                : List.of();
    }

    private static String withoutComments(String saved) {
        return saved.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n"));
    }

    private static Optional<Leftover> in(String program, IptablesTable table) {
        Set<String> chains = chains(table);
        List<Rule> jumps = table.builtIn().stream()
                .flatMap(chain -> table.rules().getOrDefault(chain, List.of()).stream())
                .filter(rule -> rule.target().filter(chains::contains).isPresent())
                .toList();
        if (chains.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder input = new StringBuilder("*" + table.name() + "\n");
        // Naming a chain empties it: no order of removal has to be found.
        chains.forEach(chain -> input.append(':').append(chain).append(" - [0:0]\n"));
        jumps.forEach(rule -> input.append(line("-D", rule)));
        chains.forEach(chain -> input.append("-X ").append(chain).append('\n'));
        input.append("COMMIT\n");
        return Optional.of(new Leftover(
                Kind.IPTABLES,
                program + " " + table.name(),
                counted(chains.size(), "chain") + ", " + counted(jumps.size(), "rule") + " leading there",
                Stream.concat(
                                jumps.stream().map(rule -> line("-A", rule).strip()),
                                chains.stream().map(chain -> "chain " + chain))
                        .toList(),
                table.name().equals("nat"),
                input.toString(),
                List.of(program + "-restore", "-w", "10", "--noflush")));
    }

    private static String line(String operation, Rule rule) {
        return operation + " " + rule.chain() + " " + rule.specification() + "\n";
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /// The chains that can go.
    private static Set<String> chains(IptablesTable table) {
        Set<String> chains = new TreeSet<>();
        table.rules().keySet().stream()
                .filter(chain -> KubeProxyChains.contains(chain) || KubeProxyChains.COMPANIONS.contains(chain))
                .forEach(chains::add);
        chains.removeAll(needed(table, Set.copyOf(chains)));
        return chains;
    }

    /// Those that chains of others lead to, and what these lead to in turn.
    private static Set<String> needed(IptablesTable table, Set<String> chains) {
        Deque<String> open = new ArrayDeque<>();
        table.rules().forEach((chain, rules) -> {
            if (!chains.contains(chain) && !table.builtIn().contains(chain)) {
                rules.stream().flatMap(rule -> rule.target().stream()).forEach(open::add);
            }
        });
        if (open.contains(KubeProxyChains.MARK_MASQ)) {
            open.add("KUBE-POSTROUTING");
        }
        Set<String> needed = new HashSet<>();
        while (!open.isEmpty()) {
            String chain = open.remove();
            if (chains.contains(chain) && needed.add(chain)) {
                table.rules().getOrDefault(chain, List.of()).stream()
                        .flatMap(rule -> rule.target().stream())
                        .forEach(open::add);
            }
        }
        return needed;
    }
}
