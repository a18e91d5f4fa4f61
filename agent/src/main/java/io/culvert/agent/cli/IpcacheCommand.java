// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert ipcache`.
@Command(
        name = "ipcache",
        description = "Whose labels the pod at an address has.",
        subcommands = {IpcacheListCommand.class, IpcacheGetCommand.class})
final class IpcacheCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "ipcache needs a verb: list or get");
    }
}
