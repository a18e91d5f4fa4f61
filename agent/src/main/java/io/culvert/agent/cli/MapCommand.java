// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert map`.
@Command(
        name = "map",
        description = "The maps in the kernel, read from their pins; no agent is needed.",
        subcommands = {MapListCommand.class, MapDumpCommand.class})
final class MapCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "map needs a verb: list or dump");
    }
}
