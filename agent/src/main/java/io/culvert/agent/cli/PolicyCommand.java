// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `culvert policy`.
@Command(
        name = "policy",
        description = "NetworkPolicies and ClusterNetworkPolicies, and who may connect to whom.",
        subcommands = {PolicyListCommand.class, PolicyGetCommand.class, PolicyExplainCommand.class})
final class PolicyCommand extends Verb {

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(), "policy needs a verb: list, get or explain");
    }
}
