// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.observability.observe.ObserveException;
import io.culvert.observability.print.ResponsePrinter;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/// `culvert observe agent-events`.
@Command(
        name = "agent-events",
        description = "Show what the agent did: policies, pods and addresses that came and went.")
final class ObserveAgentEventsCommand extends Verb {

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final SpanOptions spanOptions = new SpanOptions();

    @Mixin
    private final ShowOptions show = new ShowOptions();

    @Override
    public Integer call() {
        try {
            ResponsePrinter printer = show.printer(this);
            var request = spanOptions.span().agentEvents(Instant.now());
            server.ask(client -> client.agentEvents(request, response -> {
                printer.print(response);
                return !out().checkError();
            }));
            printer.end();
            return ExitStatus.DONE;
        } catch (ObserveException e) {
            throw new ParameterException(spec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
