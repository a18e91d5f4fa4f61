// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert endpoint`.
@Command(
        name = "endpoint",
        description = "Pods of this node, and what policies make of them.",
        subcommands = {EndpointListCommand.class})
final class EndpointCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "endpoint needs a verb: list");
    }
}
