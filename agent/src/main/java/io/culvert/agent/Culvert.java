// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import io.culvert.agent.cli.AgentArguments;
import io.culvert.agent.cli.AgentRun;
import io.culvert.agent.cli.CommandLines;

/// The program: `culvert VERB ...`.
public final class Culvert {

    private Culvert() {}

    public static void main(String[] args) {
        Logging.forCommandLine();
        System.exit(AgentArguments.plain(args)
                .map(AgentRun::main)
                .orElseGet(() -> CommandLines.create(args).execute(args)));
    }
}
