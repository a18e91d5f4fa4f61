// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.control.PolicyQueries.Question;
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
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Server and client over a real Unix socket.
final class ControlSocketTest {

    private static final StatusView STATUS = new StatusView(
            "1.2",
            42,
            "n1",
            "2026-01-02T03:04:05.006Z",
            321,
            2,
            3,
            List.of(new StatusView.Source("manifests", "current", "3 files")),
            List.of(new StatusView.Attached("eth0", "pod_ingress (tcx ingress)")),
            List.of(new StatusView.Table("frontends", 2, 16384)),
            List.of(new StatusView.Trouble("error", "a.yaml:3", "no port", "give one")),
            List.of(new StatusView.Fact("kernel", "6.12")));

    private static final AffinityRow AFFINITY =
            new AffinityRow("default/web:http", "TCP", 3, "10.1.0.9", new SocketRow("10.1.0.3", 8080), 1.5, 9.25);

    private static final ServiceExplainView EXPLAINED = new ServiceExplainView(
            "default/web",
            "default/client",
            List.of(new ServiceExplainView.Path(
                    "10.1.0.2",
                    "10.96.0.10:80/TCP",
                    "ClusterIP",
                    "http",
                    List.of(new ServiceExplainView.Step("frontends", "an entry", "what it means")),
                    "goes on",
                    "agrees",
                    true)));

    private final List<FrontendRow> frontends = new ArrayList<>();
    private final List<FlowFilter> asked = new ArrayList<>();
    private final List<ServiceQuery> queries = new ArrayList<>();
    private final ListedPolicies policies = new ListedPolicies();

    @TempDir
    private Path directory;

    private final NodeView node = new NodeView() {
        @Override
        public StatusView status() {
            return STATUS;
        }

        @Override
        public List<FrontendRow> frontends(String namespace, String service) {
            if (namespace.equals("broken")) {
                throw new IllegalStateException("no such luck");
            }
            if (namespace.equals("unknown")) {
                throw new UnknownObjectException("find Service unknown: there is none");
            }
            return frontends.stream()
                    .filter(row -> service.isEmpty() || row.name().equals(service))
                    .toList();
        }

        @Override
        public List<ConnectionRow> connections(FlowFilter filter) {
            asked.add(filter);
            return List.of(Rows.CONNECTION);
        }

        @Override
        public int flush(FlowFilter filter) {
            asked.add(filter);
            return 3;
        }

        @Override
        public List<AffinityRow> affinity() {
            return List.of(AFFINITY);
        }

        @Override
        public AuditView audit(boolean repair) {
            return new AuditView(true, 0, 0, List.of(), List.of());
        }

        @Override
        public ServiceExplainView explain(ServiceQuery query) {
            queries.add(query);
            return EXPLAINED;
        }

        @Override
        public PolicyQueries policies() {
            return policies;
        }
    };

    @Test
    void whatTheAgentKnowsArrivesUnchanged() throws IOException {
        frontends.add(row("web", new BackendRow("10.1.0.3", 8080, "active", "n1", "a", true, 1, 7)));
        frontends.add(row("dns", new BackendRow("fd00::3", 53, "terminating", null, null, false, 5, 0x12300007)));
        Path socket = ControlSocket.in(directory);

        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            assertThat(client.status()).isEqualTo(STATUS);
            assertThat(client.frontends("", "")).isEqualTo(frontends);
            assertThat(client.frontends("default", "dns")).containsExactly(frontends.get(1));
        }
    }

    @Test
    void explanationsOfServicesArriveUnchanged() throws IOException {
        ServiceQuery one = new ServiceQuery("web", "client", OptionalInt.of(80), Optional.of(Protocol.UDP));
        ServiceQuery all = new ServiceQuery("web", "10.1.0.9", OptionalInt.empty(), Optional.empty());
        Path socket = ControlSocket.in(directory);

        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            assertThat(client.explain(one)).isEqualTo(EXPLAINED);
            assertThat(client.explain(all)).isEqualTo(EXPLAINED);
        }
        assertThat(queries).containsExactly(one, all);
    }

    @Test
    void connectionsArriveAndFiltersAreUnderstood() throws IOException {
        FlowFilter all = FlowFilter.ALL;
        FlowFilter some = all.withService(new ObjectName("default", "web"))
                .withBackend(IpAddress.of("fd00::3"))
                .withBackendPort(8080)
                .withClient(IpAddress.of("10.1.0.9"))
                .withProtocol(Protocol.UDP);
        FlowFilter named = all.withPod(new ObjectName("default", "client"));
        FlowFilter ends = all.withEnds(Set.of(IpAddress.of("10.1.0.9"), IpAddress.of("fd00::9")));
        Path socket = ControlSocket.in(directory);

        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            assertThat(client.connections(all)).containsExactly(Rows.CONNECTION);
            assertThat(client.flush(some)).isEqualTo(3);
            assertThat(client.flush(named)).isEqualTo(3);
            assertThat(client.flush(ends)).isEqualTo(3);
            assertThat(client.affinity()).containsExactly(AFFINITY);
        }
        assertThat(asked).containsExactly(all, some, named, ends);
    }

    @Test
    void whatPoliciesAreArrivesUnchanged() throws IOException {
        Path socket = ControlSocket.in(directory);
        Question all = new Question("x/a", "y/b", OptionalInt.of(6), OptionalInt.of(80), "kind: List", "a.yaml");
        Question least = new Question("fd00::1", "y/b", OptionalInt.empty(), OptionalInt.empty(), "", "");

        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            PolicyQueries answers = client.policies();
            assertThat(answers.list("x", "in")).isEqualTo(policies.list("x", "in"));
            assertThat(answers.explain(all)).isEqualTo(policies.explain(all));
            assertThat(answers.explain(least)).isEqualTo(policies.explain(least));
            assertThat(answers.endpoints()).isEqualTo(policies.endpoints());
            assertThat(answers.identities()).isEqualTo(policies.identities());
            assertThat(answers.ipcache("fd00::1")).isEqualTo(policies.ipcache("fd00::1"));
        }
    }

    @Test
    void whatIsNotThereIsSaidInTheAgentsWords() throws IOException {
        Path socket = ControlSocket.in(directory);

        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            assertThatThrownBy(() -> client.frontends("unknown", ""))
                    .isInstanceOf(ControlException.class)
                    .hasMessage("find Service unknown: there is none");
        }
    }

    @Test
    void aListOfALargeClusterArrivesWhole() throws IOException {
        BackendRow backend = new BackendRow("10.1.0.3", 8080, "active", "n1", "a", true, 1, 7);
        IntStream.range(0, 5_000).mapToObj(i -> row("web-" + i, backend)).forEach(frontends::add);
        Path socket = ControlSocket.in(directory);

        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            assertThat(client.frontends("", "")).isEqualTo(frontends);
        }
    }

    @Test
    void theSocketIsItsOwnersAloneAndGoesWithTheServer() throws IOException {
        Path socket = ControlSocket.in(directory);

        try (ControlServer _ = ControlServer.start(socket, node)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
        }

        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketThatWasLeftOverIsReplaced() throws IOException {
        Path socket = ControlSocket.in(directory);
        Files.createFile(socket);

        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            assertThat(client.status().pid()).isEqualTo(42);
        }
    }

    @Test
    void nobodyThereIsToldFromAFailure() throws IOException {
        Path socket = ControlSocket.in(directory);

        try (ControlClient client = ControlClient.open(socket)) {
            assertThatThrownBy(client::status)
                    .isInstanceOfSatisfying(
                            ControlException.class,
                            e -> assertThat(e.nobodyThere()).isTrue());
        }
        try (ControlServer _ = ControlServer.start(socket, node);
                ControlClient client = ControlClient.open(socket)) {
            assertThatThrownBy(() -> client.frontends("broken", ""))
                    .isInstanceOfSatisfying(ControlException.class, e -> {
                        assertThat(e.nobodyThere()).isFalse();
                        assertThat(e).hasMessageContaining("no such luck").hasMessageContaining(socket.toString());
                    });
        }
    }

    @Test
    void aPathThatIsTooLongForASocketIsNamed() {
        Path deep = Path.of("/run/" + "x".repeat(120));

        assertThatThrownBy(() -> ControlSocket.in(deep))
                .hasMessageEndingWith("bytes and a Unix socket takes 107; choose a shorter --run-dir");
    }

    private static FrontendRow row(String name, BackendRow backend) {
        AddressRow frontend = new AddressRow("10.96.0.10", 80, "TCP");
        return new FrontendRow(
                "default",
                name,
                "http",
                "ClusterIP",
                frontend,
                "random",
                "dsr",
                "Cluster",
                "Cluster",
                "None",
                List.of("198.51.100.0/24"),
                List.of(backend));
    }
}
