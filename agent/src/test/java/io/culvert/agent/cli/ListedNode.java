// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.control.ControlServer;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.control.NodeView;
import io.culvert.agent.control.PolicyQueries;
import io.culvert.agent.control.ServiceQuery;
import io.culvert.agent.control.UnknownObjectException;
import io.culvert.agent.explain.PolicyAnswers;
import io.culvert.agent.view.AddressRow;
import io.culvert.agent.view.AffinityRow;
import io.culvert.agent.view.AuditView;
import io.culvert.agent.view.BackendRow;
import io.culvert.agent.view.ConnectionRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.agent.view.Rows;
import io.culvert.agent.view.ServiceExplainView;
import io.culvert.agent.view.SocketRow;
import io.culvert.agent.view.StatusView;
import io.culvert.cluster.ClusterState;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// An agent that knows two Services, behind the socket that verbs ask.
final class ListedNode implements NodeView, BeforeEachCallback, AfterEachCallback {

    static final BackendRow LOCAL = new BackendRow("10.1.0.3", 8080, "active", "n1", "a", true, 1, 7);
    static final BackendRow REMOTE = new BackendRow("10.1.1.4", 8080, "terminating", "n2", null, false, 1, 8);
    static final FrontendRow DNS = row("kube-system", "dns", "", new AddressRow("fd00::a", 53, "UDP"), List.of());
    static final FrontendRow WEB =
            row("default", "web", "http", new AddressRow("10.96.0.10", 80, "TCP"), List.of(LOCAL, REMOTE));

    /// What was asked for.
    final List<FlowFilter> filters = new ArrayList<>();

    final List<ServiceQuery> queries = new ArrayList<>();

    ServiceExplainView explained = new ServiceExplainView("", "", List.of());

    List<StatusView.Trouble> troubles = List.of(new StatusView.Trouble("error", "a.yaml:3", "no port", "give one"));

    /// Of a cluster without any.
    PolicyQueries policies = new PolicyAnswers("n1", () -> ClusterState.EMPTY, Optional::empty, Optional::empty);

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path runDir;

    @SuppressWarnings("NullAway.Init") // set before each test
    private ControlServer server;

    @Override
    public void beforeEach(ExtensionContext test) throws IOException {
        runDir = Files.createTempDirectory("culvert-listed");
        server = ControlServer.start(ControlSocket.in(runDir), this);
    }

    @Override
    public void afterEach(ExtensionContext test) throws IOException {
        server.close();
        Files.delete(runDir);
    }

    /// What a verb prints that must succeed.
    String run(String... words) {
        CommandLineRun run = ask(words);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        return run.out();
    }

    CommandLineRun ask(String... words) {
        return CommandLineRun.of(Stream.concat(Stream.of(words), Stream.of("--run-dir", runDir.toString()))
                .toArray(String[]::new));
    }

    private static FrontendRow row(
            String namespace, String name, String portName, AddressRow frontend, List<BackendRow> backends) {
        return new FrontendRow(
                namespace,
                name,
                portName,
                "ClusterIP",
                frontend,
                "random",
                "",
                "Cluster",
                "Local",
                "ClientIP",
                List.of(),
                backends);
    }

    @Override
    public StatusView status() {
        return new StatusView(
                "1.2",
                42,
                "n1",
                "2026-01-02T03:04:05Z",
                321,
                2,
                2,
                List.of(),
                List.of(),
                List.of(),
                troubles,
                List.of());
    }

    @Override
    public List<FrontendRow> frontends(String namespace, String service) {
        return List.of(WEB, DNS);
    }

    @Override
    public List<ConnectionRow> connections(FlowFilter filter) {
        filters.add(filter);
        ConnectionRow dns = new ConnectionRow(
                "UDP",
                "kube-system/dns",
                new SocketRow("198.51.100.7", 5000),
                new SocketRow("192.0.2.1", 30053),
                new SocketRow("10.1.0.3", 53),
                new SocketRow("192.0.2.1", 61234),
                8,
                "established",
                1,
                1,
                119,
                1,
                60,
                1,
                60);
        return List.of(Rows.CONNECTION, dns);
    }

    @Override
    public List<AffinityRow> affinity() {
        return List.of(new AffinityRow(
                "default/web:http", "TCP", 3, "10.1.0.9", new SocketRow("10.1.0.3", 8080), 800, 10_000));
    }

    @Override
    public AuditView audit(boolean repair) {
        AuditView.Row row = new AuditView.Row("frontends", "TCP 10.96.0.10:80", "service 3, ClusterIP", "nothing");
        return new AuditView(true, 1, repair ? 0 : 1, List.of(row), List.of());
    }

    @Override
    public ServiceExplainView explain(ServiceQuery query) {
        queries.add(query);
        if (query.service().equals("nowhere")) {
            throw new UnknownObjectException("explain Service default/nowhere: the kernel has no frontend of it");
        }
        return explained;
    }

    @Override
    public PolicyQueries policies() {
        return policies;
    }

    @Override
    public int flush(FlowFilter filter) {
        filters.add(filter);
        return 1;
    }
}
