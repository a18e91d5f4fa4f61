// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a running agent tells of connections to its Services is what sockets find.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ExplainServiceLabTest {

    private static final String SHOP = "10.96.0.10";

    private Lab lab;
    private LabNode node;
    private AgentProcess agent;

    @BeforeEach
    void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "web").create();
        node = lab.node("n1");
        lab.pod("web").sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        write("shop", "web");
        lab.writeManifest(
                "empty.yaml",
                LabService.named("empty", "10.96.0.11").port(80, 8080).toYaml());
        agent = AgentProcess.start(node);
    }

    private void write(String name, String... pods) {
        LabService service =
                LabService.named(name, SHOP, "fd00:10:96::10").port(80, 8080).exposed(LabExposure.nodePort(30080));
        lab.writeManifest(name + ".yaml", (pods.length == 0 ? service : service.backedBy(lab.pod(pods[0]))).toYaml());
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private ExecResult explain(String service, String port, String from) {
        return agent.verb("explain", "service", service, port, "--from", from);
    }

    @Test
    void aPodIsToldWhereItGoesInBothFamilies() {
        String web4 = lab.pod("web").ip(IpFamily.IPV4).toString();
        String web6 = lab.pod("web").ip(IpFamily.IPV6).toString();

        String answer = explain("shop", "80/TCP", "client").orThrow();

        lab.pod("client").sockets().tcp(SHOP, 80).answer();
        assertThat(answer)
                .contains("default/client (at ")
                .contains("-> default/shop " + SHOP + ":80/TCP (ClusterIP, port tcp-80): goes to " + web4 + ":8080\n")
                .contains("goes to [" + web6 + "]:8080\n")
                .contains("chosen in connect(2) of the pod", "default/web\n", "by internalTrafficPolicy Cluster")
                .contains(
                        "sends it to " + web4 + ":8080 as " + lab.pod("client").ip(IpFamily.IPV4) + "\n")
                .doesNotContain("run culvert audit");
        assertThat(agent.verb("conntrack", "list").orThrow()).doesNotContain("65535");
    }

    @Test
    void clientsOutsideAreMasqueradedAndANodeAndAPodThatReachesItselfAreTold() {
        String web = lab.pod("web").ip(IpFamily.IPV4).toString();
        assertThat(explain("shop", "30080/TCP", "198.51.100.7").orThrow())
                .contains("198.51.100.7 (by ", "no pod that the agent knows")
                .contains("on another machine")
                .contains("sends it to " + web + ":8080 as ");
        assertThat(explain("shop", "80/TCP", node.ip(IpFamily.IPV4).toString()).orThrow())
                .contains("this node -> default/shop " + SHOP + ":80/TCP");
        assertThat(explain("shop", "80/TCP", "web").orThrow()).contains("(the pod reaches itself)");
    }

    @Test
    void aServiceWithoutEndpointsIsRefusedAndOneThatChangesIsSeen() {
        assertThat(explain("empty", "80/TCP", "client").orThrow())
                .contains("is refused: the Service has no endpoint that is ready", "refuses it (RST or ICMP");

        write("shop");

        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(
                        () -> assertThat(explain("shop", "80/TCP", "client").orThrow())
                                .contains("is refused: "));
    }

    @Test
    void questionsThatNameNothingSaySo() {
        assertThat(explain("nowhere", "80/TCP", "client").errors())
                .startsWith(
                        "culvert: explain Service default/nowhere: the kernel has no frontend of it at that port; ");
        assertThat(explain("shop", "80/TCP", "ghost").errors())
                .startsWith("culvert: explain a connection of pod default/ghost: there is none that the agent knows");
        assertThat(explain("empty", "80/TCP", "fd00::9").errors())
                .contains("has no address of a family that the Service is served in");
    }
}
