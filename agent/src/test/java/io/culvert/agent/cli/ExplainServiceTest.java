// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.control.ServiceQuery;
import io.culvert.agent.view.ServiceExplainView;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `culvert explain service`, as typed and printed.
final class ExplainServiceTest {

    @RegisterExtension
    private final ListedNode node = new ListedNode();

    private static ServiceExplainView view(boolean agrees) {
        return new ServiceExplainView(
                "default/web",
                "default/client (at veth3)",
                List.of(new ServiceExplainView.Path(
                        "10.1.0.2",
                        "10.96.0.10:80/TCP",
                        "ClusterIP",
                        "http",
                        List.of(
                                new ServiceExplainView.Step("frontends", "10.96.0.10:80 = service 3", ""),
                                new ServiceExplainView.Step("slots", "10.1.0.3:8080", "default/web-1")),
                        "goes to 10.1.0.3:8080",
                        "sends it to 10.1.0.3:8080 as 10.1.0.2",
                        agrees)));
    }

    @Test
    void showsEachTableAndEndsWithTheDatapath() {
        node.explained = view(true);

        assertThat(node.run("explain", "service", "web", "80/tcp", "--from", "client"))
                .isEqualTo("""
                default/client (at veth3) -> default/web 10.96.0.10:80/TCP (ClusterIP, port http): goes to 10.1.0.3:8080
                  frontends  10.96.0.10:80 = service 3
                  slots      10.1.0.3:8080: default/web-1
                  datapath   sends it to 10.1.0.3:8080 as 10.1.0.2
                """);
        assertThat(node.queries)
                .containsExactly(new ServiceQuery("web", "client", OptionalInt.of(80), Optional.of(Protocol.TCP)));
    }

    @Test
    void isForProgramsAsWell() {
        node.explained = view(true);

        assertThat(node.run("explain", "service", "web", "--from", "client", "-o", "json"))
                .contains("\"client\" : \"default/client (at veth3)\"", "\"table\" : \"slots\"", "\"agrees\" : true");
    }

    @Test
    void aDatapathThatDoesSomethingElseIsAnError() {
        node.explained = view(false);

        CommandLineRun run = node.ask("explain", "service", "web", "--from", "client");

        assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.out()).contains("as 10.1.0.2, which is not what the tables say: run culvert audit\n");
    }

    @Test
    void questionsWithoutAnAnswerAreOneLine() {
        assertThat(node.ask("explain", "service", "nowhere", "--from", "client"))
                .isEqualTo(new CommandLineRun(
                        ExitStatus.FAILED,
                        "",
                        "culvert: explain Service default/nowhere: the kernel has no frontend of it\n"));
        assertThat(node.ask("explain", "service", "web", "http", "--from", "client")
                        .err())
                .startsWith("culvert: \"http\" is no port and protocol, as 80/TCP");
        assertThat(node.ask("explain", "service", "web").status()).isEqualTo(ExitStatus.USAGE);
        assertThat(CommandLineRun.of("explain").err()).contains("explain needs a verb: service");
    }
}
