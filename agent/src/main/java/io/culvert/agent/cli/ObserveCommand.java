// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.observability.observe.FlowQuestion;
import io.culvert.observability.observe.FlowWishes;
import io.culvert.observability.observe.ObserveException;
import io.culvert.observability.observe.Span;
import io.culvert.observability.print.OutputFormat;
import io.culvert.observability.print.ResponsePrinter;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `culvert observe`.
@Command(
        name = "observe",
        subcommands = ObserveAgentEventsCommand.class,
        description = {
            "Show flows of this node, or of another one: connections, drops and verdicts of policies.",
            "Flags of `hubble observe` mean what they mean there: values of one flag are alternatives, flags are not."
        })
final class ObserveCommand extends Verb {

    private final FlowWishes wishes = new FlowWishes();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final SpanOptions spanOptions = new SpanOptions();

    @Mixin
    private final ShowOptions show = new ShowOptions();

    @Option(names = "--allowlist", paramLabel = "JSON", description = "A FlowFilter that flows may fit.")
    private List<String> allow = List.of();

    @Option(names = "--denylist", paramLabel = "JSON", description = "A FlowFilter that flows must not fit.")
    private List<String> deny = List.of();

    @Option(names = "--print-raw-filters", description = "Print the filters that flags make, and exit.")
    private boolean rawFilters;

    @Option(
            names = "--experimental-field-mask",
            paramLabel = "PATH",
            split = ",",
            description = "What is sent of each flow, with -o json: names as in flow.proto, such as source.pod_name.")
    private List<String> mask = List.of();

    /// Adds an option for each flag of a filter.
    static void addFlags(CommandSpec observe) {
        FilterFlagOptions.add(observe, ((ObserveCommand) observe.userObject()).wishes);
    }

    @Override
    public Integer call() {
        try {
            return observe(spanOptions.span(), new FlowQuestion(wishes, allow, deny));
        } catch (ObserveException e) {
            throw new ParameterException(spec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int observe(Span span, FlowQuestion question) {
        if (rawFilters) {
            question.filterLines().forEach(line -> out().println(line));
            return ExitStatus.DONE;
        }
        ResponsePrinter printer = show.printer(this);
        var request = question.request(span, fields(span), Instant.now());
        server.ask(client -> client.flows(request, response -> {
            printer.print(response);
            return !out().checkError();
        }));
        printer.end();
        return ExitStatus.DONE;
    }

    private List<String> fields(Span span) {
        OutputFormat format = show.format(this);
        if (format == OutputFormat.TABLE && span.follow()) {
            throw new ObserveException("--output table and --follow: a table has no end then; take compact or dict");
        }
        if (format != OutputFormat.JSON && !mask.isEmpty()) {
            throw new ObserveException("--experimental-field-mask: only -o json shows what it names");
        }
        return format == OutputFormat.JSON ? mask : FlowQuestion.shown(show.policyNames());
    }
}
