// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert conntrack`.
@Command(
        name = "conntrack",
        description = "Connections that are translated packet by packet; those of sock_lb need no table.",
        subcommands = {ConntrackListCommand.class, ConntrackFlushCommand.class})
final class ConntrackCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "conntrack needs a verb: list or flush");
    }
}
