// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.OutsideLab.awaitAnswer;
import static io.culvert.agent.lab.OutsideLab.vip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pods dial what clients outside dial, whose sources are masqueraded: NodePorts, addresses of load balancers and
/// external ones. A pod whose sockets are given backends and one whose packets are translated, routed and bridged.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class PolicyMasqueradeLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int NODE_PORT = 30092;

    private static OutsideLab outside;

    /// Where a frontend is.
    private record Target(IpAddress address, int port) {}

    @BeforeAll
    static void create() {
        outside = new OutsideLab();
        for (int node = 1; node <= 2; node++) {
            outside.publish(ServiceLab.service("exposed" + node, 52 + node)
                    .backedBy(outside.pod("web" + node))
                    .exposed(LabExposure.loadBalancer(NODE_PORT + node, "192.0.2.2" + node, "fd90::2" + node)
                            .externalIps("192.0.2.3" + node, "fd90::3" + node)));
        }
    }

    @AfterAll
    static void remove() {
        outside.close();
    }

    private static List<Target> frontends(int node, IpFamily family) {
        return List.of(
                new Target(outside.services().lab().node("n" + node).ip(family), NODE_PORT + node),
                new Target(vip(family, 20 + node), ServiceLab.PORT),
                new Target(vip(family, 30 + node), ServiceLab.PORT));
    }

    private static Outcome dial(Protocol protocol, LabPod pod, Target target) {
        return OutsideLab.dial(protocol, pod, target.address(), target.port());
    }

    private static boolean isSilent(Protocol protocol, LabPod pod, Target target) {
        return dial(protocol, pod, target) instanceof Outcome.Failure failure
                && List.of("ETIMEDOUT", "TIMEOUT").contains(failure.errno());
    }

    @ParameterizedTest
    @CsvSource({
        "TCP, 1, IPV4", "TCP, 1, IPV6", "TCP, 2, IPV4", "TCP, 2, IPV6",
        "UDP, 1, IPV4", "UDP, 1, IPV6", "UDP, 2, IPV4", "UDP, 2, IPV6"
    })
    void C2_03_aPodIsItselfAtABackendOfItsNode(Protocol protocol, int node, IpFamily family) {
        LabPod client = outside.pod("client" + node);
        LabPod plain = outside.pod("plain" + node);
        for (LabPod allowed : List.of(client, plain)) {
            LabPod refused = allowed == client ? plain : client;
            outside.letIn("{podSelector: {matchLabels: {app: %s}}}".formatted(allowed.name()));
            for (Target frontend : frontends(node, family)) {
                await().atMost(PATIENCE).until(() -> isSilent(protocol, refused, frontend));
                awaitAnswer(() -> dial(protocol, allowed, frontend));
                assertThat(dial(protocol, allowed, frontend).answer().server()).isEqualTo("web" + node);
            }
        }
    }
}
