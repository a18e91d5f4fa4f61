// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `culvert completion`.
@Command(
        name = "completion",
        description = {"Print a completion script for a shell.", "For this session: source <(culvert completion bash)"})
final class CompletionCommand extends Verb {

    enum Shell {
        BASH,
        /// Takes the same script after `autoload -U +X bashcompinit && bashcompinit`.
        ZSH
    }

    @Parameters(paramLabel = "SHELL", defaultValue = "bash", arity = "0..1", description = "bash or zsh.")
    private Shell shell = Shell.BASH;

    @Override
    public Integer call() {
        if (shell == Shell.ZSH) {
            out().println("autoload -U +X bashcompinit && bashcompinit");
        }
        out().println(AutoComplete.bash("culvert", spec().root().commandLine()));
        out().flush();
        return ExitStatus.DONE;
    }
}
