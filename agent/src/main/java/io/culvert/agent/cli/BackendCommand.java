// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert backend`.
@Command(name = "backend", description = "Backends as the kernel has them.", subcommands = BackendListCommand.class)
final class BackendCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "backend needs a verb: list");
    }
}
