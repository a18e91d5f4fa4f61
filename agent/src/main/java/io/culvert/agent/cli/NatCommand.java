// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert nat`.
@Command(
        name = "nat",
        description = "Connections that a backend sees under another address or port than the client's.",
        subcommands = NatListCommand.class)
final class NatCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "nat needs a verb: list");
    }
}
