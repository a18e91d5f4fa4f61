// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import io.culvert.agent.kubeproxy.Commands.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Everything that kube-proxy's modes leave in the kernel. kube-proxy never removes it when it ends; stale rules
/// refuse, or lead to pods that are gone. Entries of conntrack are left alone: live connections are translated by them.
public final class KubeProxyLeftovers {

    private final Commands commands;

    public KubeProxyLeftovers(Commands commands) {
        this.commands = commands;
    }

    /// What is there, in the order in which it can be removed: sets after the rules that match against them.
    public List<Leftover> find() {
        return Stream.of(
                        IptablesLeftovers.find(commands),
                        NftLeftovers.find(commands),
                        IpsetLeftovers.find(commands),
                        IpvsLeftovers.find(commands))
                .flatMap(List::stream)
                .toList();
    }

    /// What could not be looked at, one line each.
    public List<String> doubts() {
        return IpvsLeftovers.doubt(commands).stream().toList();
    }

    /// Removes what [#find] found. What fails does not keep the rest from being removed.
    ///
    /// @param done is told of each thing when it is gone
    /// @return a line for each failure
    public List<String> remove(List<Leftover> leftovers, Consumer<Leftover> done) {
        List<String> failures = new ArrayList<>();
        for (Leftover leftover : leftovers) {
            switch (leftover.remove(commands)) {
                case Outcome.Done _ -> done.accept(leftover);
                case Outcome.Failed failed ->
                    failures.add("remove " + leftover + ": " + failed.reason() + "; run: "
                            + String.join(" ", leftover.command()));
                case Outcome.NotInstalled _ ->
                    failures.add("remove " + leftover + ": "
                            + leftover.command().getFirst() + " is not installed; install it, or reboot the node");
            }
        }
        return failures;
    }

    /// Makes sure that the kernel goes on translating live connections when the rules are gone.
    ///
    /// @return why that is not sure, if it is not
    public Optional<String> holdConnections() {
        return NatHold.put(commands);
    }

    /// Lets go what [#holdConnections] holds. False if there was nothing.
    public boolean releaseConnections() {
        return NatHold.isThere(commands) && NatHold.remove(commands) instanceof Outcome.Done;
    }

    public boolean holdsConnections() {
        return NatHold.isThere(commands);
    }
}
