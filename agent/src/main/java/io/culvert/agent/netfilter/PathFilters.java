// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.netfilter;

import io.culvert.agent.kubeproxy.Commands;
import io.culvert.agent.kubeproxy.Commands.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Whether rules of others may refuse packets between two pods of this node: those of nftables and of both back ends of
/// iptables in chains that such packets pass, at any family, and those of ebtables. The fast path would go round them.
///
/// Rules that only count, mark, log or accept are none, nor are those of kube-proxy and of the kubelet. What a rule
/// matches is not looked at: one that refuses anything counts.
public final class PathFilters {

    /// By program: the file that names its tables, of the namespace of whoever reads it.
    private static final Map<String, Path> LEGACY = Map.of(
            "iptables-legacy-save", Path.of("/proc/self/net/ip_tables_names"),
            "ip6tables-legacy-save", Path.of("/proc/self/net/ip6_tables_names"));

    private static final Path MODULES = Path.of("/proc/modules");

    private final Commands commands;
    private final Function<Path, Optional<String>> files;

    /// @param files text of a file, if it can be read
    public PathFilters(Commands commands, Function<Path, Optional<String>> files) {
        this.commands = commands;
        this.files = files;
    }

    /// What may refuse them, or why that cannot be known, for people; empty: nothing.
    public Optional<String> find() {
        return nftables().or(this::iptables).or(this::ebtables);
    }

    private Optional<String> nftables() {
        return switch (commands.run("", "nft", "list", "chains")) {
            case Outcome.NotInstalled _ -> Optional.of("nft is not installed, so that nobody can say what filters");
            case Outcome.Failed failed -> Optional.of("nft list chains: " + failed.reason());
            case Outcome.Done done -> nftables(NftText.tables(done.output()));
        };
    }

    private Optional<String> nftables(List<FilterTable> hooked) {
        for (Map.Entry<String, List<String>> listing : NftText.listings(hooked).entrySet()) {
            Outcome outcome = commands.run("", listing.getValue().toArray(String[]::new));
            if (outcome instanceof Outcome.Done done) {
                Optional<String> found = first(NftText.tables(done.output()));
                if (found.isPresent()) {
                    return found;
                }
            } else {
                return Optional.of(listing.getKey() + " cannot be listed");
            }
        }
        return Optional.empty();
    }

    private Optional<String> iptables() {
        return LEGACY.entrySet().stream()
                .filter(entry -> files.apply(entry.getValue())
                        .filter(names -> !names.isBlank())
                        .isPresent())
                .flatMap(entry -> saved(entry.getKey()).stream())
                .findFirst();
    }

    private Optional<String> ebtables() {
        boolean loaded = files.apply(MODULES).stream()
                .flatMap(String::lines)
                .anyMatch(line -> line.startsWith("ebtable_filter "));
        return loaded ? saved("ebtables-legacy-save") : Optional.empty();
    }

    private Optional<String> saved(String program) {
        return commands.run("", program) instanceof Outcome.Done done
                ? first(LegacyText.tables(program.replace("-save", ""), done.output()))
                : Optional.of(program + " does not work, and its tables are in use");
    }

    private static Optional<String> first(List<FilterTable> tables) {
        return tables.stream().flatMap(table -> table.filters().stream()).findFirst();
    }
}
