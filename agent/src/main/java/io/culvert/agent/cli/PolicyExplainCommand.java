// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.control.PolicyQueries.Question;
import io.culvert.agent.view.ExplainText;
import io.culvert.agent.view.ExplainView;
import io.culvert.net.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// `culvert policy explain`.
@Command(name = "explain", description = "Tell whether one may connect to the other, and which rule says so.")
final class PolicyExplainCommand extends Verb {

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "FROM", description = "A pod's namespace/name, or an address.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "A pod's or a Service's namespace/name, or an address.")
    private String to = "";

    @Parameters(
            index = "2",
            paramLabel = "PORT/PROTOCOL",
            arity = "0..1",
            description = "80/TCP, 53/UDP, 132/SCTP, icmp or icmpv6; of a Service its own port, and without one all.")
    private @Nullable String port;

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description = "Answer as if the policies in this manifest were applied, too.")
    private @Nullable Path with;

    @Override
    public Integer call() {
        Question question = question();
        ExplainView view = node.askAgent("policies", agent -> agent.policies().explain(question));
        if (output.structured()) {
            output.printer(this).document(view);
        } else {
            ExplainText.lines(view).forEach(out()::println);
            out().flush();
        }
        return view.disagrees() ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    private Question question() {
        String manifests = "";
        String file = "";
        if (with != null) {
            file = with.toString();
            try {
                manifests = Files.readString(with);
            } catch (IOException e) {
                throw new CommandFailure("read " + with + ": " + e.getMessage() + "; name a file with policies");
            }
        }
        if (port == null) {
            return new Question(from, to, OptionalInt.empty(), OptionalInt.empty(), manifests, file);
        }
        String text = port.toLowerCase(Locale.ROOT);
        if (text.equals("icmp") || text.equals("icmpv6")) {
            int protocol = text.equals("icmp") ? ICMP : ICMPV6;
            return new Question(from, to, OptionalInt.of(protocol), OptionalInt.empty(), manifests, file);
        }
        PortAndProtocol wanted = PortAndProtocol.parse(text)
                .orElseThrow(() -> new ParameterException(
                        spec().commandLine(), "\"" + port + "\" is no port and protocol, as 80/TCP"));
        return new Question(
                from,
                to,
                OptionalInt.of(wanted.protocol().orElse(Protocol.TCP).number()),
                OptionalInt.of(wanted.port()),
                manifests,
                file);
    }
}
