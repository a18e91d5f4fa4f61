// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert explain`.
@Command(
        name = "explain",
        description = "What becomes of a connection, and which entry of which table says so.",
        subcommands = ExplainServiceCommand.class)
final class ExplainCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(
                spec().commandLine(), "explain needs a verb: service; of policies, ask culvert policy explain");
    }
}
