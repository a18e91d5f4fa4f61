// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert identity`.
@Command(
        name = "identity",
        description = "What pods have in common that no policy can tell apart.",
        subcommands = {IdentityListCommand.class})
final class IdentityCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "identity needs a verb: list");
    }
}
