// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `culvert` itself: only its verbs do something. [Verbs] adds them.
@Command(
        name = "culvert",
        synopsisSubcommandLabel = "VERB",
        description = "Replaces kube-proxy on this node with eBPF programs, and shows what they do.",
        versionProvider = VersionCommand.Versions.class)
final class RootCommand extends Verb {

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    boolean version;

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "no verb given");
    }
}
