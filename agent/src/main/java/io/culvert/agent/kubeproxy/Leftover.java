// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import java.util.List;

/// One thing of kube-proxy's that is in the kernel, with the command that removes it whole.
///
/// @param holder the program and the part of the kernel's state: `iptables-nft nat`
/// @param what in a few words: `12 chains and 4 rules that lead to them`
/// @param details what exactly, one line each
/// @param nat whether live connections may depend on it to be translated
/// @param input what the command reads on stdin
/// @param command removes it
public record Leftover(
        Kind kind, String holder, String what, List<String> details, boolean nat, String input, List<String> command) {

    public enum Kind {
        IPTABLES,
        NFTABLES,
        IPSET,
        IPVS
    }

    public Leftover {
        details = List.copyOf(details);
        command = List.copyOf(command);
    }

    Commands.Outcome remove(Commands commands) {
        return commands.run(input, command.toArray(String[]::new));
    }

    @Override
    public String toString() {
        return holder + ": " + what;
    }
}
