// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import static io.culvert.net.IpFamily.IPV4;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Outcome.Answer;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The lab itself: every host reaches every pod directly, and servers see the client's own address.
@LabTest
class LabLabTest {

    private static Lab lab;
    private static Duration creation;

    @BeforeAll
    static void create() {
        long start = System.nanoTime();
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "r1", "r2")
                .node("n2", PodAttachment.BRIDGED, "b1", "b2")
                .create();
        creation = Duration.ofNanos(System.nanoTime() - start);
        lab.pods().forEach(pod -> pod.sockets().serve(8080));
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    static Stream<Arguments> pairs() {
        return lab.pods().stream()
                .flatMap(client -> lab.pods().stream()
                        .flatMap(server ->
                                Arrays.stream(IpFamily.values()).map(family -> Arguments.of(client, server, family))));
    }

    @Test
    void twoNodesAndFourPodsTakeLessThanTwoSeconds() {
        System.out.println("lab created in " + creation.toMillis() + " ms");
        assertThat(creation).isLessThan(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void podsReachEachOther(LabPod client, LabPod server, IpFamily family) {
        Answer tcp = client.sockets().tcp(server.ip(family), 8080).answer();
        assertThat(tcp.server()).isEqualTo(server.name());
        assertThat(tcp.seen()).isEqualTo(tcp.local());
        assertThat(tcp.seen().address()).isEqualTo(client.ip(family));
        assertThat(tcp.peer()).isEqualTo(new SocketName(server.ip(family), 8080));
        Answer udp = client.sockets().udp(server.ip(family), 8080).answer();
        assertThat(udp.server()).isEqualTo(server.name());
        assertThat(udp.peer()).isEqualTo(new SocketName(server.ip(family), 8080));
    }

    @ParameterizedTest
    @EnumSource
    void nodesReachPodsOfBothNodes(IpFamily family) {
        for (LabNode node : lab.nodes()) {
            for (LabPod pod : lab.pods()) {
                assertThat(node.sockets().tcp(pod.ip(family), 8080).answer().server())
                        .isEqualTo(pod.name());
            }
        }
    }

    @Test
    void whatNobodyServesIsRefused() {
        LabSockets client = lab.pod("r1").sockets();
        assertThat(client.tcp(lab.pod("b1").ip(IPV4), 9).failure().errno()).isEqualTo("ECONNREFUSED");
        Dial dial = Dial.to(lab.pod("b1").ip(IPV4), 9);
        assertThat(client.connectedUdp(dial).failure().errno()).isEqualTo("ECONNREFUSED");
    }

    /// A kernel without br_netfilter has no such settings.
    @Test
    void theWireHasNoNetfilter() {
        String settings = lab.outside()
                .exec("sh", "-c", "cat /proc/sys/net/bridge/bridge-nf-call-ip*tables 2>/dev/null || true")
                .orThrow();
        assertThat(settings.lines()).allMatch("0"::equals);
    }

    @Test
    void patienceOfOnesOwnIsNotTheKernels() {
        Dial nowhere = Dial.to("10.244.1.2", 9).within(Duration.ofMillis(50));
        assertThat(lab.pod("b1").sockets().udp(nowhere).failure().errno()).isEqualTo("TIMEOUT");
    }
}
