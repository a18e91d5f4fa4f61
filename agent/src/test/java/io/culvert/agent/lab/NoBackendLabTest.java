// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome.Failure;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What clients see of Services that have nothing usable behind them, and of a Service whose only pod calls itself.
@LabTest
class NoBackendLabTest {

    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private static ServiceLab lab;
    private static LabService empty;
    private static LabService elsewhere;
    private static LabService localEmpty;

    @BeforeAll
    static void create() {
        empty = ServiceLab.service("empty", 20);
        localEmpty = ServiceLab.service("local-empty", 21).internalTrafficPolicy("Local");
        ServiceLab made = ServiceLab.with(empty, localEmpty);
        lab = made;
        elsewhere = ServiceLab.service("elsewhere", 22)
                .internalTrafficPolicy("Local")
                .backedBy(made.pod("web2"));
        made.apply(elsewhere);
        LabService own = ServiceLab.service("own", 23).backedBy(made.pod("web1"));
        made.apply(own);
        made.apply(ServiceLab.service("own2", 24).backedBy(made.pod("web2")));
        made.awaitBackends(own, 2);
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    static Stream<Arguments> clients() {
        return lab.clients().stream()
                .flatMap(client -> Arrays.stream(IpFamily.values()).map(family -> Arguments.of(client, family)));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void A5_01_tcpToAServiceWithoutEndpointsIsRefused(LabHost client, IpFamily family) {
        assertRefusedAtOnce(client.sockets().tcp(patiently(empty, family)).failure());
    }

    @ParameterizedTest
    @MethodSource("clients")
    void A5_17_udpToAServiceWithoutEndpointsIsRefused(LabHost client, IpFamily family) {
        assertRefusedAtOnce(
                client.sockets().connectedUdp(patiently(empty, family)).failure());
    }

    @ParameterizedTest
    @EnumSource
    void A5_18_sendtoIsRefusedWhereTheSocketIsTranslated(IpFamily family) {
        Stream.concat(lab.socketClients().stream(), lab.lab().nodes().stream())
                .forEach(client -> assertRefusedAtOnce(
                        client.sockets().udp(patiently(empty, family)).failure()));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void A5_07_aLocalServiceWithoutAnyEndpointIsRefused(LabHost client, IpFamily family) {
        assertRefusedAtOnce(client.sockets().tcp(patiently(localEmpty, family)).failure());
    }

    @ParameterizedTest
    @MethodSource("clients")
    void A5_04_localTrafficNeverLeavesTheNode(LabHost client, IpFamily family) {
        boolean onTheBackendsNode = client.name().endsWith("2");
        Dial dial = lab.dial(elsewhere, family);
        if (onTheBackendsNode) {
            assertThat(client.sockets().tcp(dial).answer().server()).isEqualTo("web2");
            assertThat(client.sockets().udp(dial).answer().server()).isEqualTo("web2");
        } else {
            assertThat(client.sockets().tcp(dial).failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
            assertThat(client.sockets().udp(dial).failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
        }
    }

    @ParameterizedTest
    @EnumSource
    void A6_33_aPodReachesItselfThroughItsService(IpFamily family) {
        assertHairpin(lab.pod("web1"), "own", family);
        assertHairpin(lab.pod("web2"), "own2", family);
    }

    @ParameterizedTest
    @EnumSource
    void A6_33_aPodReachesItselfByPackets(IpFamily family) {
        assertHairpin(lab.pod("web1").outsideOfCgroup(), "own", family);
        assertHairpin(lab.pod("web2").outsideOfCgroup(), "own2", family);
    }

    private static void assertHairpin(LabHost pod, String service, IpFamily family) {
        Dial dial = lab.dial(ServiceLab.service(service, service.equals("own") ? 23 : 24), family);
        for (int i = 0; i < 5; i++) {
            assertThat(pod.sockets().tcp(dial).answer().server()).isEqualTo(pod.name());
            assertThat(pod.sockets().udp(dial).answer().server()).isEqualTo(pod.name());
            assertThat(pod.sockets().connectedUdp(dial).answer().server()).isEqualTo(pod.name());
        }
    }

    private static Dial patiently(LabService service, IpFamily family) {
        return lab.dial(service, family).within(Duration.ofSeconds(3));
    }

    private static void assertRefusedAtOnce(Failure failure) {
        assertThat(failure.errno()).isEqualTo("ECONNREFUSED");
        assertThat(failure.took()).isLessThan(AT_ONCE);
    }
}
