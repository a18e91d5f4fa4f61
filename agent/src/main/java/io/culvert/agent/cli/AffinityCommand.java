// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert affinity`.
@Command(
        name = "affinity",
        description = "Clients of Services with session affinity.",
        subcommands = AffinityListCommand.class)
final class AffinityCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "affinity needs a verb: list");
    }
}
