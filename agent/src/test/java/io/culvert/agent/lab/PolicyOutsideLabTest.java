// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.OutsideLab.dial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.Outcome;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients outside reach NodePorts of pods that are held to policies by addresses, on routed and on bridged pods.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class PolicyOutsideLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LOCAL = 30091;

    /// The only backend is on node n2.
    private static final int CLUSTER = 30092;

    private static OutsideLab outside;

    @BeforeAll
    static void create() {
        outside = new OutsideLab();
        outside.publish(
                outside.spread("local", 51).exposed(LabExposure.nodePort(LOCAL).trafficPolicy("Local")));
        outside.publish(
                ServiceLab.service("cluster", 52).backedBy(outside.pod("web2")).exposed(LabExposure.nodePort(CLUSTER)));
    }

    @AfterAll
    static void remove() {
        outside.close();
    }

    /// Both servers let in what comes from these addresses, and nobody else.
    private static void allow(Function<IpFamily, IpAddress> source) {
        outside.letIn(Stream.of(IpFamily.values())
                .map(source)
                .map(address -> "{ipBlock: {cidr: \"%s/%d\"}}".formatted(address, address.isV4() ? 32 : 128))
                .collect(Collectors.joining(", ")));
    }

    private static void awaitSilence(Protocol protocol, LabHost client, LabNode node, IpFamily family, int port) {
        await().atMost(PATIENCE)
                .until(() -> !(dial(protocol, client, node.ip(family), port) instanceof Outcome.Answer));
        assertThat(dial(protocol, client, node.ip(family), port).failure().errno())
                .isIn("ETIMEDOUT", "TIMEOUT");
    }

    @ParameterizedTest
    @CsvSource({"TCP, IPV4", "TCP, IPV6", "UDP, IPV4", "UDP, IPV6"})
    void C2_04_aBlockMeansTheClientItselfWithLocalTraffic(Protocol protocol, IpFamily family) {
        for (LabClient allowed : new LabClient[] {outside.near(), outside.far()}) {
            LabClient refused = allowed == outside.near() ? outside.far() : outside.near();
            allow(allowed::ip);
            for (LabNode node : outside.services().lab().nodes()) {
                awaitSilence(protocol, refused, node, family, LOCAL);
                OutsideLab.awaitAnswer(() -> dial(protocol, allowed, node.ip(family), LOCAL));
                Outcome.Answer answer =
                        dial(protocol, allowed, node.ip(family), LOCAL).answer();
                assertThat(answer.server()).isEqualTo(node == outside.n1() ? "web1" : "web2");
                assertThat(answer.seen().address()).isEqualTo(allowed.ip(family));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TCP, IPV4", "TCP, IPV6", "UDP, IPV4", "UDP, IPV6"})
    void C2_06_behindAnotherNodeThatMasqueradesABlockMeansThatNode(Protocol protocol, IpFamily family) {
        allow(outside.near()::ip);
        awaitSilence(protocol, outside.near(), outside.n1(), family, CLUSTER);

        allow(outside.n1()::ip);

        OutsideLab.awaitAnswer(() -> dial(protocol, outside.near(), outside.n1().ip(family), CLUSTER));
        assertThat(dial(protocol, outside.near(), outside.n1().ip(family), CLUSTER)
                        .answer()
                        .seen()
                        .address())
                .isEqualTo(outside.n1().ip(family));
        // On the backend's own node the client is known, and it is not allowed.
        awaitSilence(protocol, outside.near(), outside.n2(), family, CLUSTER);
    }
}
