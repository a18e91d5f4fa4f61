// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.servicelb.conntrack.FlowFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert conntrack flush`.
@Command(
        name = "flush",
        description = {
            "Forget connections: all, or those that the options name.",
            "TCP connections among them are cut; UDP ones begin anew with their next datagram."
        })
final class ConntrackFlushCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final FlowFilterOptions which = new FlowFilterOptions();

    @Override
    public Integer call() {
        FlowFilter filter = which.filter(this);
        int count = node.askOrRead(
                this,
                agent -> agent.flush(filter),
                maps -> PinnedConnections.of(maps, filter).flush(filter));
        out().println("forgot " + count + (count == 1 ? " connection" : " connections"));
        out().flush();
        return ExitStatus.DONE;
    }
}
