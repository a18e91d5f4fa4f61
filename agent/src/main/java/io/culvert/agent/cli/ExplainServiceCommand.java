// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.control.ServiceQuery;
import io.culvert.agent.view.ServiceExplainText;
import io.culvert.agent.view.ServiceExplainView;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// `culvert explain service`.
@Command(
        name = "service",
        description = "Walk the tables that decide about a new connection to a Service, and ask the datapath.")
final class ExplainServiceCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "namespace/name, or a name in namespace default.")
    private String service = "";

    @Parameters(
            index = "1",
            paramLabel = "PORT/PROTOCOL",
            arity = "0..1",
            description = "80/TCP or 80: one port of the Service, or a node port; without it all.")
    private @Nullable String port;

    @Option(
            names = "--from",
            paramLabel = "CLIENT",
            required = true,
            description = "Who connects: a pod's namespace/name, or an address (of a pod, of this node, or any).")
    private String client = "";

    @Override
    public Integer call() {
        ServiceQuery query = query();
        ServiceExplainView view = node.askAgent("Services by name", agent -> agent.explain(query));
        if (output.structured()) {
            output.printer(this).document(view);
        } else {
            ServiceExplainText.lines(view).forEach(out()::println);
            out().flush();
        }
        return view.disagrees() ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    private ServiceQuery query() {
        if (port == null) {
            return new ServiceQuery(service, client, OptionalInt.empty(), Optional.empty());
        }
        PortAndProtocol wanted = PortAndProtocol.parse(port)
                .orElseThrow(() -> new ParameterException(
                        spec().commandLine(), "\"" + port + "\" is no port and protocol, as 80/TCP"));
        return new ServiceQuery(service, client, OptionalInt.of(wanted.port()), wanted.protocol());
    }
}
