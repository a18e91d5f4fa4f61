// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an agent tells of connections, masquerades and affinity, what the maps tell without it, and what becomes of the
/// connections of a pod that is gone.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ConntrackVerbsLabTest {

    private static final String WEB = "10.96.0.10";
    private static final Pattern AGE = Pattern.compile("\"ageSeconds\" : ([0-9]+)");

    private Lab lab;
    private LabNode node;
    private LabPod client;
    private LabPod server;

    @BeforeEach
    void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        node = lab.node("n1");
        client = lab.pod("client");
        server = lab.pod("server");
        server.sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest(
                "web.yaml",
                LabService.named("web", WEB, "fd00:10:96::10")
                        .port(80, 8080)
                        .exposed(LabExposure.nodePort(30080))
                        .clientAffinity(10_800)
                        .backedBy(server)
                        .toYaml());
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void masqueradesAndAffinityAreListedWithAnAgentAndWithout() {
        AgentProcess agent = AgentProcess.start(node);
        String ip = node.ip(IpFamily.IPV4).toString();
        String backend = server.ip(IpFamily.IPV4) + ":8080";
        assertThat(lab.outside().sockets().tcp(ip, 30080).answer().seen().address())
                .hasToString(ip);
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");

        assertThat(agent.verb("nat", "list").orThrow().lines().skip(1).toList())
                .singleElement()
                .asString()
                .contains(ip + ":30080", "default/web:tcp-80", backend)
                .containsPattern(Pattern.quote(ip) + ":[0-9]{4,5} ");
        assertThat(agent.verb("affinity", "list").orThrow().lines().skip(1).toList())
                .anyMatch(
                        line -> line.startsWith("default/web:tcp-80") && line.contains(client.ip(IpFamily.IPV4) + " "))
                .allMatch(line -> line.contains(backend));
        assertThat(agent.verb("affinity", "list", "--service", "webb").errors())
                .isEqualTo("culvert: find Service default/webb: nothing of it is served here; culvert service list"
                        + " shows all\n");

        agent.process().terminate(Duration.ofSeconds(20));
        for (String table : new String[] {"nat", "affinity"}) {
            ExecResult pinned = agent.verb(table, "list");
            assertThat(pinned.orThrow()).contains(backend).doesNotContain("default/web");
            assertThat(pinned.errors()).contains("no agent at", "without names");
        }
        ExecResult named = agent.verb("conntrack", "flush", "--service", "web");
        assertThat(named.status()).isEqualTo(1);
        assertThat(named.errors()).startsWith("culvert: find a Service or pod by name: no agent runs");
    }

    @Test
    void A13_20_connectionsOfAPodThatIsGoneAreForgotten() {
        AgentProcess agent = AgentProcess.start(node, "--conntrack-gc-interval", "1s");
        String address = client.ip(IpFamily.IPV4).toString();
        try (TcpConnection connection = client.sockets().openTcp(Dial.to(WEB, 80))) {
            connection.exchange("hello").answer();
            await("older than what the next owner of the address may have begun")
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> AGE.matcher(agent.verb("conntrack", "list", "--pod", address, "-o", "json")
                                    .orThrow())
                            .results()
                            .anyMatch(age -> Integer.parseInt(age.group(1)) > 10));

            lab.writeManifest("objects.yaml", LabObjects.node(node) + "---\n" + LabObjects.pod(server, Map.of()));

            await().atMost(AgentProcess.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(agent.verb("conntrack", "list").orThrow())
                                    .doesNotContain(address));
        }
    }
}
