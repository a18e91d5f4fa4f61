// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert service`.
@Command(
        name = "service",
        description = "Services as the kernel serves them.",
        subcommands = {ServiceListCommand.class, ServiceGetCommand.class})
final class ServiceCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "service needs a verb: list or get");
    }
}
