// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.kubeproxy.Commands;
import io.culvert.agent.netfilter.PathFilters;
import java.util.List;

/// No rule of netfilter has to see packets between pods of this node, so that they may go past the stack.
final class FastPathCheck implements Check {

    @Override
    public List<Finding> examine(Machine machine) {
        Commands commands = (_, command) -> machine.run(command)
                .<Commands.Outcome>map(Commands.Outcome.Done::new)
                .orElseGet(Commands.Outcome.NotInstalled::new);
        return List.of(new PathFilters(commands, machine::read)
                .find()
                .map(what -> Finding.warning(
                        "fast path",
                        what + "; with fast-path auto packets between pods of this node go through the stack",
                        "let nothing filter there and have nft at hand to say so,"
                                + " or set fast-path to on, which goes round it"))
                .orElseGet(() -> Finding.ok("fast path", "no rule of netfilter filters between pods of this node")));
    }
}
