// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.observability.api.flow.Endpoint;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.IP;
import io.culvert.observability.api.flow.LostEvent;
import io.culvert.observability.api.flow.LostEventSource;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// `culvert observe` as a user sees it.
final class ObserveCommandTest {

    @TempDir
    private Path runDir;

    private FakeObserver observer;

    @BeforeEach
    void listen() throws IOException {
        observer = new FakeObserver(
                runDir.resolve("hubble.sock"),
                List.of(
                        flow("client"),
                        GetFlowsResponse.newBuilder()
                                .setLostEvents(LostEvent.newBuilder()
                                        .setSource(LostEventSource.HUBBLE_RING_BUFFER)
                                        .setNumEventsLost(3))
                                .build(),
                        flow("other")));
    }

    @AfterEach
    void close() {
        observer.close();
    }

    private static GetFlowsResponse flow(String pod) {
        return GetFlowsResponse.newBuilder()
                .setFlow(Flow.newBuilder()
                        .setVerdict(Verdict.DROPPED)
                        .setIP(IP.newBuilder().setSource("10.1.0.2").setDestination("10.1.0.3"))
                        .setSource(Endpoint.newBuilder().setNamespace("default").setPodName(pod))
                        .setSummary("UDP"))
                .build();
    }

    private CommandLineRun observe(String... words) {
        return CommandLineRun.of(command(words));
    }

    private String[] command(String... words) {
        String[] command = new String[words.length + 3];
        command[0] = "observe";
        command[1] = "--run-dir";
        command[2] = runDir.toString();
        System.arraycopy(words, 0, command, 3, words.length);
        return command;
    }

    @Test
    void flowsAreLinesAndLossesGoBesideThem() throws InterruptedException {
        CommandLineRun run = observe("--last", "7", "--not", "--pod", "web", "--verdict", "DROPPED", "-4");

        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.out().lines())
                .containsExactly(
                        "Jan  1 00:00:00.000: default/client <> 10.1.0.3 UNKNOWN DROPPED (UDP)",
                        "Jan  1 00:00:00.000: default/other <> 10.1.0.3 UNKNOWN DROPPED (UDP)");
        assertThat(run.err()).startsWith("EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 3; ");
        GetFlowsRequest request = observer.asked();
        assertThat(request.getNumber()).isEqualTo(7);
        assertThat(request.getWhitelistList()).singleElement().satisfies(filter -> {
            assertThat(filter.getVerdictList()).containsExactly(Verdict.DROPPED);
            assertThat(filter.getIpVersionCount()).isOne();
        });
        assertThat(request.getBlacklistList()).hasSize(2);
        assertThat(request.getFieldMask().getPathsList()).contains("Summary").doesNotContain("ingress_denied_by");
    }

    /// What tests print goes to no terminal.
    @ParameterizedTest
    @CsvSource({"always, true", "ALWAYS, true", "never, false", "auto, false"})
    void colourIsForTerminalsUnlessItIsAskedFor(String when, boolean painted) {
        CommandLineRun run = observe("--color", when);

        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.out().contains("\033[")).isEqualTo(painted);
    }

    @Test
    void colourIsNothingElse() {
        CommandLineRun run = observe("--color", "often");

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err()).contains("--color often: one of auto, always, never");
    }

    @Test
    void whoFollowsAsksForWhatComes() throws InterruptedException {
        assertThat(observe("--follow").status()).isEqualTo(ExitStatus.DONE);

        GetFlowsRequest request = observer.asked();
        assertThat(request.getFollow()).isTrue();
        assertThat(request.getNumber()).isZero();
    }

    @Test
    void jsonIsWhatWasSent() throws InterruptedException {
        CommandLineRun run = observe("-o", "json", "--numeric", "--experimental-field-mask", "verdict,source.pod_name");

        assertThat(run.out().lines()).hasSize(3).first().asString().startsWith("{\"flow\":{\"verdict\":\"DROPPED\"");
        assertThat(run.err()).isEmpty();
        assertThat(observer.asked().getFieldMask().getPathsList()).containsExactly("verdict", "source.pod_name");
    }

    @Test
    void aReaderThatIsGoneEndsIt() throws InterruptedException {
        CommandLine line = CommandLines.create(command("--all"));
        line.setOut(new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        }));
        line.setErr(new PrintWriter(Writer.nullWriter()));

        assertThat(line.execute(command("--all"))).isEqualTo(ExitStatus.DONE);
        assertThat(observer.asked().getNumber()).isEqualTo(-1L);
    }

    @Test
    void agentEventsAreShown() {
        CommandLineRun run =
                CommandLineRun.of("observe", "agent-events", "--run-dir", runDir.toString(), "--last", "2");

        assertThat(run.out().lines())
                .hasSize(2)
                .allMatch(line -> line.equals("Jan  1 00:00:00.000: AGENT_EVENT_UNKNOWN (UNKNOWN)"));
    }

    @Test
    void filtersAreShownWithoutAsking() {
        CommandLineRun run =
                CommandLineRun.of("observe", "--server", "nowhere:1", "--print-raw-filters", "--uuid", "x");

        assertThat(run.out().lines()).containsExactly("allowlist:", "    - '{\"uuid\":[\"x\"]}'");
    }

    @Test
    void whatTheAgentRefusesIsTold() {
        CommandLineRun run = observe("--from-ip", "nonsense");

        assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.err().lines())
                .singleElement()
                .isEqualTo("culvert: observe unix://" + runDir.resolve("hubble.sock")
                        + ": INVALID_ARGUMENT: filter flows by source_ip \"nonsense\": write 10.0.0.1");
    }

    @Test
    void withoutAnAgentNothingIsThere() {
        CommandLineRun run =
                CommandLineRun.of("observe", "--run-dir", runDir.resolve("none").toString());

        assertThat(run.status()).isEqualTo(ExitStatus.NOTHING_THERE);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("culvert: observe unix://" + runDir.resolve("none/hubble.sock") + ": UNAVAILABLE: ")
                .endsWith("; is an agent running there, and are the TLS options right?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --verdict MAYBE            | --verdict MAYBE: one of
        --pod --follow             | --pod needs a value: POD
        --pod                      | --pod needs a value: POD
        --not                      | --not at the end
        --first 1 --last 1         | --first and --last contradict each other
        --since soon               | --since soon: no time
        -o xml                     | --output xml: one of compact
        -o table -f                | --output table and --follow
        --color red                | --color red: one of auto
        --time-format x            | --time-format x: one of StampMilli
        --experimental-field-mask x| --experimental-field-mask: only -o json
        --server here              | --server here: no address
        --allowlist x              | --allowlist x: not a FlowFilter in JSON
        --nonsense                 | Unknown option: '--nonsense'
        --tls-client-cert-file x   | --tls-client-cert-file and --tls-client-key-file belong together
        """)
    void mistakesAreWrongUsage(String words, String message) {
        CommandLineRun run = observe(words.split(" "));

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err().lines()).singleElement().asString().startsWith("culvert: " + message);
    }
}
