// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.control.ControlServer;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.control.NodeView;
import io.culvert.agent.view.AddressRow;
import io.culvert.agent.view.AffinityRow;
import io.culvert.agent.view.AuditView;
import io.culvert.agent.view.BackendRow;
import io.culvert.agent.view.ConnectionRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.agent.view.SocketRow;
import io.culvert.agent.view.StatusView;
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lists look like, asked over the socket of an agent that knows two Services.
final class ServiceListTest implements NodeView {

    private static final BackendRow LOCAL = new BackendRow("10.1.0.3", 8080, "active", "n1", "a", true, 1, 7);
    private static final BackendRow REMOTE = new BackendRow("10.1.1.4", 8080, "terminating", "n2", null, false, 1, 8);
    private static final FrontendRow DNS =
            row("kube-system", "dns", "", new AddressRow("fd00::a", 53, "UDP"), List.of());
    private static final FrontendRow WEB =
            row("default", "web", "http", new AddressRow("10.96.0.10", 80, "TCP"), List.of(LOCAL, REMOTE));

    private final List<FlowFilter> filters = new ArrayList<>();

    @TempDir
    private Path runDir;

    private List<StatusView.Trouble> troubles =
            List.of(new StatusView.Trouble("error", "a.yaml:3", "no port", "give one"));

    @SuppressWarnings("NullAway.Init") // set before each test
    private ControlServer server;

    @BeforeEach
    void serve() throws IOException {
        server = ControlServer.start(ControlSocket.in(runDir), this);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTableHasOneLineForEachBackend() {
        assertThat(run("service", "list")).isEqualTo("""
                        Service            Frontend            Service Type   Backend
                        default/web:http   10.96.0.10:80/TCP   ClusterIP      10.1.0.3:8080/TCP (active)
                                                                              10.1.1.4:8080/TCP (terminating)
                        kube-system/dns    [fd00::a]:53/UDP    ClusterIP
                        """);
    }

    @Test
    void wideHasPoliciesAndPlaces() {
        assertThat(run("service", "list", "-o", "wide").lines().toList())
                .satisfiesExactly(
                        title -> assertThat(title.split(" {3,}"))
                                .containsExactly(
                                        "Service",
                                        "Frontend",
                                        "Service Type",
                                        "Algorithm",
                                        "Traffic Policy",
                                        "Affinity",
                                        "Source Ranges",
                                        "Backend",
                                        "Node",
                                        "Zone"),
                        web -> assertThat(web)
                                .contains("random", "Cluster/Local", "ClientIP")
                                .endsWith("n1     a"),
                        second -> assertThat(second).endsWith("n2     -"),
                        dns -> assertThat(dns).startsWith("kube-system/dns"));
    }

    @Test
    void jsonHasThePromisedShape() {
        assertThat(run("service", "list", "-o", "json")).isEqualToIgnoringWhitespace("""
                        [{"namespace":"default","name":"web","portName":"http","type":"ClusterIP",
                         "frontend":{"address":"10.96.0.10","port":80,"protocol":"TCP"},
                         "algorithm":"random","internalTrafficPolicy":"Cluster","externalTrafficPolicy":"Local",
                         "sessionAffinity":"ClientIP",
                         "backends":[
                          {"address":"10.1.0.3","port":8080,"state":"active","node":"n1","zone":"a","local":true,"weight":1},
                          {"address":"10.1.1.4","port":8080,"state":"terminating","node":"n2","zone":null,"local":false,"weight":1}]},
                         {"namespace":"kube-system","name":"dns","portName":"","type":"ClusterIP",
                         "frontend":{"address":"fd00::a","port":53,"protocol":"UDP"},
                         "algorithm":"random","internalTrafficPolicy":"Cluster","externalTrafficPolicy":"Local",
                         "sessionAffinity":"ClientIP","backends":[]}]
                        """);
    }

    @Test
    void yamlHasTheSameKeys() {
        assertThat(run("service", "get", "web", "-o", "yaml")).startsWith("""
                        - namespace: default
                          name: web
                          portName: http
                          type: ClusterIP
                          frontend:
                            address: 10.96.0.10
                            port: 80
                            protocol: TCP
                        """);
    }

    @Test
    void aServiceIsFoundByItsNameAndByItsAddress() {
        for (String name :
                List.of("web", "default/web", "default/web:http", "10.96.0.10", "10.96.0.10:80", "10.96.0.10:80/TCP")) {
            assertThat(run("service", "get", name))
                    .as(name)
                    .contains("default/web:http")
                    .doesNotContain("dns");
        }
    }

    @Test
    void aServiceThatTheKernelDoesNotHaveIsAFailure() {
        CommandLineRun run = CommandLineRun.of("service", "get", "nope", "--run-dir", runDir.toString());

        assertThat(run)
                .isEqualTo(
                        new CommandLineRun(
                                ExitStatus.FAILED,
                                "",
                                "culvert: get service nope: the kernel has no such frontend; culvert service list shows all\n"));
    }

    @Test
    void A14_12_whatIsWrongWithAServiceIsSaidBesideIt() {
        troubles = List.of(
                new StatusView.Trouble(
                        "error", "Service default/web", "put TCP 10.96.0.10:81: map frontends is full", ""),
                new StatusView.Trouble(
                        "warning", "Service default/lost", "its address belongs to another", "take another"));

        CommandLineRun run = CommandLineRun.of("service", "get", "web", "--run-dir", runDir.toString());
        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.out()).contains("default/web:http");
        assertThat(run.err())
                .isEqualTo("culvert: error: Service default/web: put TCP 10.96.0.10:81: map frontends is full\n");

        assertThat(CommandLineRun.of("service", "get", "lost", "--run-dir", runDir.toString()))
                .isEqualTo(new CommandLineRun(
                        ExitStatus.FAILED,
                        "",
                        "culvert: get service lost: nothing of it is served: warning: Service default/lost: its address"
                                + " belongs to another; take another\n"));
    }

    @Test
    void backendsAreListedOnce() {
        assertThat(run("backend", "list")
                        .lines()
                        .map(line -> line.split(" {3,}"))
                        .toList())
                .containsExactly(
                        new String[] {"Backend", "State", "Node", "Service"},
                        new String[] {"10.1.0.3:8080/TCP", "active", "n1", "default/web:http"},
                        new String[] {"10.1.1.4:8080/TCP", "terminating", "n2", "default/web:http"});
    }

    @Test
    void connectionsHaveNames() {
        assertThat(run("conntrack", "list")
                        .lines()
                        .skip(1)
                        .findFirst()
                        .orElseThrow()
                        .split(" {3,}"))
                .containsExactly(
                        "TCP",
                        "10.1.0.9:40312",
                        "10.96.0.10:80",
                        "default/web:http",
                        "10.1.0.3:8080",
                        "established",
                        "0s",
                        "86400s");
        assertThat(run("conntrack", "flush", "--service", "web")).isEqualTo("forgot 1 connection\n");
    }

    @Test
    void onlyConnectionsThatTheBackendSeesUnderAnotherNameAreNat() {
        assertThat(run("nat", "list").lines().map(line -> line.split(" {3,}")).toList())
                .containsExactly(
                        new String[] {
                            "Protocol", "Client", "Frontend", "Service", "Masquerade", "Backend", "State", "Expires"
                        },
                        new String[] {
                            "UDP",
                            "198.51.100.7:5000",
                            "192.0.2.1:30053",
                            "kube-system/dns",
                            "192.0.2.1:61234",
                            "10.1.0.3:53",
                            "established",
                            "119s"
                        });
        assertThat(run("nat", "list", "-o", "json"))
                .contains("\"masquerade\" : {", "\"address\" : \"192.0.2.1\"", "\"port\" : 61234");
    }

    @Test
    void clientsWithAffinityAreListedAndFiltered() {
        assertThat(run("affinity", "list")
                        .lines()
                        .map(line -> line.split(" {3,}"))
                        .toList())
                .containsExactly(
                        new String[] {"Service", "Protocol", "Client", "Backend", "Age", "Remaining"},
                        new String[] {"default/web:http", "TCP", "10.1.0.9", "10.1.0.3:8080", "800s", "10000s"});
        assertThat(run("affinity", "list", "-o", "json")).contains("\"remainingSeconds\" : 10000.0");
        assertThat(run("affinity", "list", "--service", "web")).contains("10.1.0.9");
        assertThat(run("affinity", "list", "--service", "kube-system/dns")).doesNotContain("10.1.0.9");
        assertThat(run("affinity", "list", "--client", "10.1.0.8")).doesNotContain("10.1.0.9");
    }

    @Test
    void filtersArriveAsTheyWereMeant() {
        run("conntrack", "flush", "--backend", "10.1.0.3:8080", "--pod", "shop/cart-0");
        run("conntrack", "list", "--backend", "[fd00::3]:53", "--pod", "fd00::9");
        run("nat", "list", "--backend", "fd00::3");

        assertThat(filters)
                .containsExactly(
                        FlowFilter.ALL
                                .withBackend(IpAddress.of("10.1.0.3"))
                                .withBackendPort(8080)
                                .withPod(new ObjectName("shop", "cart-0")),
                        FlowFilter.ALL
                                .withBackend(IpAddress.of("fd00::3"))
                                .withBackendPort(53)
                                .withEnds(Set.of(IpAddress.of("fd00::9"))),
                        FlowFilter.ALL.withBackend(IpAddress.of("fd00::3")));
    }

    @Test
    void aStatusHasEveryProblem() {
        assertThat(run("status"))
                .contains("Culvert:         Ok   1.2, pid 42, up ", ", ready after 321 ms\n")
                .contains("Services:        2 (2 backends)\n")
                .endsWith("Problems:        error: a.yaml:3: no port; give one\n");
        assertThat(run("status", "-o", "json")).contains("\"readyAfterMillis\" : 321");
    }

    @Test
    void A14_04_anAuditListsDifferencesAndItsStatusSaysSo() {
        CommandLineRun table = CommandLineRun.of("audit", "--run-dir", runDir.toString());
        assertThat(table.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(table.out().lines().map(line -> line.split(" {3,}")).toList())
                .containsExactly(
                        new String[] {"Map", "Key", "Expected", "Found"},
                        new String[] {"frontends", "TCP 10.96.0.10:80", "service 3, ClusterIP", "nothing"});
        CommandLineRun repair = CommandLineRun.of("audit", "--repair", "-o", "json", "--run-dir", runDir.toString());
        assertThat(repair.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(repair.out()).contains("\"compared\" : true", "\"total\" : 1", "\"remaining\" : 0");
        assertThat(repair.err()).contains("1 difference, 0 left after the repair");
    }

    private String run(String... words) {
        String[] args = java.util.Arrays.copyOf(words, words.length + 2);
        args[words.length] = "--run-dir";
        args[words.length + 1] = runDir.toString();
        CommandLineRun run = CommandLineRun.of(args);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        return run.out();
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
        return List.of(web(), dns);
    }

    @Override
    public List<AffinityRow> affinity() {
        return List.of(new AffinityRow(
                "default/web:http", "TCP", 3, "10.1.0.9", new SocketRow("10.1.0.3", 8080), 800, 10_000));
    }

    private static ConnectionRow web() {
        return new ConnectionRow(
                "TCP",
                "default/web:http",
                new SocketRow("10.1.0.9", 40312),
                new SocketRow("10.96.0.10", 80),
                new SocketRow("10.1.0.3", 8080),
                new SocketRow("10.1.0.9", 40312),
                7,
                "established",
                12.5,
                0.25,
                86399.75,
                10,
                1000,
                9,
                9000);
    }

    @Override
    public AuditView audit(boolean repair) {
        AuditView.Row row = new AuditView.Row("frontends", "TCP 10.96.0.10:80", "service 3, ClusterIP", "nothing");
        return new AuditView(true, 1, repair ? 0 : 1, List.of(row), List.of());
    }

    @Override
    public int flush(FlowFilter filter) {
        filters.add(filter);
        return 1;
    }
}
