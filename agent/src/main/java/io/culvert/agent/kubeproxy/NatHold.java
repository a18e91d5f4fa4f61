// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import java.util.Optional;

/// Keeps connections alive that kube-proxy's rules translated. The kernel translates a packet of an established
/// connection by its conntrack entry, without rules, but only tracks and translates at all while some rule of the
/// network namespace needs it. Where kube-proxy's rules were the only ones, removing them would end every connection
/// through a Service; so a table of our own with a rule that does nothing takes their place first.
final class NatHold {

    private static final String NAME = "culvert-hold";

    /// A rule of a nat chain only sees first packets, which are never established.
    private static final String TABLE = """
            table inet culvert-hold {
            \tcomment "translates on what kube-proxy began; see culvert cleanup --end-connections"
            \tchain nat {
            \t\ttype nat hook postrouting priority 300
            \t\tct state established accept
            \t}
            }
            """;

    private NatHold() {}

    static boolean isThere(Commands commands) {
        return commands.output("nft", "list", "tables").orElse("").lines().anyMatch(("table inet " + NAME)::equals);
    }

    /// Empty once it is there; else why not.
    static Optional<String> put(Commands commands) {
        if (isThere(commands)) {
            return Optional.empty();
        }
        return switch (commands.run(TABLE, "nft", "-f", "-")) {
            case Commands.Outcome.Done _ -> Optional.empty();
            case Commands.Outcome.Failed failed -> Optional.of(failed.reason());
            case Commands.Outcome.NotInstalled _ -> Optional.of("nft is not installed");
        };
    }

    static Commands.Outcome remove(Commands commands) {
        return commands.run("", "nft", "delete", "table", "inet", NAME);
    }
}
