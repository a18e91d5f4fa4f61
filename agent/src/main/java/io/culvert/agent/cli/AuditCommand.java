// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.view.AuditView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `culvert audit`.
@Command(
        name = "audit",
        description = {
            "Compare what the kernel holds and runs with what the agent programmed and attached.",
            "The exit status is 1 if there is a difference, also if it was repaired."
        })
final class AuditCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--repair", description = "Put right what differs.")
    private boolean repair;

    @Override
    public Integer call() {
        AuditView view = node.ask(agent -> agent.audit(repair)).orElseThrow(this::nobody);
        if (output.structured()) {
            output.printer(this).document(view);
        } else if (view.total() > 0) {
            output.printer(this).list(AuditView.columns(), view.differences());
        }
        view.failures().forEach(this::note);
        note(summary(view));
        return view.compared() && view.total() == 0 && view.failures().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private String summary(AuditView view) {
        if (!view.compared()) {
            return "audit maps: the agent has not seen everything that the cluster wants; try again when it is ready";
        }
        if (view.total() == 0) {
            return "no difference";
        }
        String found = view.total() + (view.total() == 1 ? " difference" : " differences");
        return repair
                ? found + ", " + view.remaining() + " left after the repair"
                : found + "; --repair puts them right, the agent does so each audit-interval";
    }

    private CommandFailure nobody() {
        return new CommandFailure(
                ExitStatus.NOTHING_THERE,
                "audit: no agent at " + ControlSocket.in(node.runDir())
                        + ", and only it knows what should be there; start culvert agent");
    }
}
