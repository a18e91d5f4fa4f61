// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.OutsideLab.tcp;
import static io.culvert.agent.lab.OutsideLab.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A Service asks by its annotation that clients outside are answered by its backends, and agents on both nodes see to
/// it.
@LabTest
class DsrAgentLabTest {

    private static final int PORT = 30080;

    private static void apply(ServiceLab services, LabService service, String mode) {
        services.lab()
                .writeManifest(
                        service.name() + ".yaml",
                        service.toYaml()
                                .replaceFirst(
                                        "  namespace: default\n",
                                        "  namespace: default\n  annotations: {culvert.io/forwarding-mode: " + mode
                                                + "}\n"));
    }

    private static void awaitMode(ServiceLab services, boolean direct) {
        for (LabAgent agent : services.agents()) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> agent.verb("service", "list", "-o", "json")
                                    .replaceAll("\\s", "")
                                    .contains("\"forwardingMode\":\"dsr\"")
                            == direct);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipip", "geneve"})
    void connectionsAreDirectAndOutliveAgentsAndTheAnnotation(String dispatch) {
        LabService first = ServiceLab.service("web", 41);
        try (ServiceLab services = ServiceLab.with(List.of("--dsr-dispatch", dispatch), first)) {
            LabClient near = services.lab().addClient("near");
            LabService web = first.backedBy(services.pod("web2")).exposed(LabExposure.nodePort(PORT));
            apply(services, web, "dsr");
            services.awaitBackends(web, 2);
            awaitMode(services, true);

            List<TcpConnection> open = Stream.of(IpFamily.values())
                    .map(family -> opened(services, near, family))
                    .toList();

            services.agents().forEach(LabAgent::kill);
            open.forEach(
                    connection -> isDirect(near, connection.exchange("without").answer()));
            isDirect(near, tcp(near, n1(services, IpFamily.IPV4), PORT).answer());
            services.startAgents("--dsr-dispatch", dispatch);
            open.forEach(
                    connection -> isDirect(near, connection.exchange("again").answer()));

            apply(services, web, "snat");
            awaitMode(services, false);
            open.forEach(
                    connection -> isDirect(near, connection.exchange("still").answer()));
            for (IpFamily family : IpFamily.values()) {
                assertThat(tcp(near, n1(services, family), PORT).answer().seen().address())
                        .isEqualTo(n1(services, family));
            }
        }
    }

    private static IpAddress n1(ServiceLab services, IpFamily family) {
        return services.lab().node("n1").ip(family);
    }

    private static void isDirect(LabClient near, Answer answer) {
        assertThat(answer.server()).isEqualTo("web2");
        assertThat(answer.seen().address()).isIn(near.ip(IpFamily.IPV4), near.ip(IpFamily.IPV6));
    }

    /// A connection that stays, after others were tried.
    private static TcpConnection opened(ServiceLab services, LabClient near, IpFamily family) {
        IpAddress address = n1(services, family);
        isDirect(near, udp(near, address, PORT).answer());
        TcpConnection connection = near.sockets().openTcp(Dial.to(address, PORT));
        isDirect(near, connection.exchange("first").answer());
        return connection;
    }
}
