// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.OutsideLab.awaitAnswer;
import static io.culvert.agent.lab.OutsideLab.tcp;
import static io.culvert.agent.lab.OutsideLab.udp;
import static io.culvert.agent.lab.OutsideLab.vip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A Service asks by its annotation that clients outside are answered by its backends, and agents on both nodes see to
/// it.
@LabTest
class DsrAgentLabTest {

    private static final int PORT = 30080;

    private static void apply(ServiceLab services, LabService service, String mode) {
        services.apply(service, Map.of("culvert.io/forwarding-mode", mode));
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

    /// Addresses that are no node's, and that lead to the node without the backend.
    @ParameterizedTest
    @ValueSource(strings = {"ipip", "geneve"})
    void addressesOfLoadBalancersAndExternalOnesAreServedSoToo(String dispatch) {
        LabService first = ServiceLab.service("web", 41);
        try (ServiceLab services = ServiceLab.with(List.of("--dsr-dispatch", dispatch), first)) {
            LabClient near = services.lab().addClient("near");
            LabExposure exposure = LabExposure.loadBalancer(PORT, "192.0.2.10", "fd90::10");
            LabService web = first.backedBy(services.pod("web2"))
                    .exposed(exposure.externalIps(
                            vip(IpFamily.IPV4, 20).toString(),
                            vip(IpFamily.IPV6, 20).toString()));
            apply(services, web, "dsr");
            services.awaitBackends(web, 2);
            awaitMode(services, true);
            assertThat(services.agents().getFirst().doctor())
                    .containsPattern("ok +dsr +no way to another node is known that is too narrow");

            for (IpFamily family : IpFamily.values()) {
                for (IpAddress vip : List.of(vip(family, 10), vip(family, 20))) {
                    services.lab().routeTo(services.lab().node("n1"), vip);
                    for (Outcome outcome : List.of(tcp(near, vip, ServiceLab.PORT), udp(near, vip, ServiceLab.PORT))) {
                        isDirect(near, outcome.answer());
                        assertThat(outcome.answer().peer()).isEqualTo(new SocketName(vip, ServiceLab.PORT));
                    }
                }
            }
        }
    }

    /// Where only backends of the dialled node may serve, there is nothing to hand on.
    @Test
    void withLocalTrafficPolicyTheAnnotationChangesNothing() {
        LabService first = ServiceLab.service("web", 41);
        try (ServiceLab services = ServiceLab.with(first)) {
            LabClient near = services.lab().addClient("near");
            LabExposure exposure = LabExposure.nodePort(PORT).trafficPolicy("Local");
            LabService web = first.backedBy(services.pod("web2")).exposed(exposure);
            apply(services, web, "dsr");
            services.awaitBackends(web, 2);

            for (IpFamily family : IpFamily.values()) {
                IpAddress n2 = services.lab().node("n2").ip(family);
                awaitAnswer(() -> tcp(near, n2, PORT));
                isDirect(near, tcp(near, n2, PORT).answer());
                isDirect(near, udp(near, n2, PORT).answer());
                for (Outcome outcome :
                        List.of(tcp(near, n1(services, family), PORT), udp(near, n1(services, family), PORT))) {
                    assertThat(outcome.failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
                }
            }
            awaitMode(services, false);
            assertThat(services.agents().getFirst().doctor()).doesNotContain("dsr");
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
