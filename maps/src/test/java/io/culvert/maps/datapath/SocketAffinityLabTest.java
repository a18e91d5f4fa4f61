// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabHost;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Session affinity of real sockets: those of the node at connect(2), those of pods on packets.
@LabTest
class SocketAffinityLabTest {

    private static final int BACKENDS = 20;
    private static final int TIMEOUT = 60;

    private static FrontendLab frontends;
    private LabPrograms programs;

    @BeforeAll
    static void create() {
        frontends = new FrontendLab().serving(BACKENDS);
    }

    @AfterAll
    static void remove() {
        frontends.close();
    }

    @BeforeEach
    void load() {
        programs = frontends.load(false);
    }

    @AfterEach
    void unload() {
        frontends.unload();
    }

    /// A Service with one backend for each port of the server.
    private TestService sticky(Protocol protocol, IpFamily family) {
        String[] backends = frontends.backends(family, BACKENDS);
        String vip = family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
        TestService service = programs.tables.serviceWithAffinity(protocol, vip, 80, TIMEOUT, backends);
        programs.tables.alsoAt(service, FrontendType.CLUSTER_IP, vip, 80, FrontendFlag.NEEDS_CLIENT);
        return service;
    }

    private static Set<Integer> chosen(IntSupplier connection) {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            ports.add(connection.getAsInt());
        }
        return ports;
    }

    private static int tcp(LabHost host, TestService service) {
        return host.sockets()
                .tcp(service.key().address(), 80)
                .answer()
                .reached()
                .port();
    }

    @ParameterizedTest
    @EnumSource
    void A8_02_A8_18_allProcessesOfTheNodeAreOneClient(IpFamily family) {
        TestService service = sticky(TCP, family);

        Set<Integer> ports = chosen(() -> tcp(frontends.node, service));
        assertThat(ports).hasSize(1);
        String another = "import socket; print(socket.create_connection(('%s', 80)).getsockname()[0])"
                .formatted(service.key().address());
        frontends.node.exec("python3", "-c", another).orThrow();

        Affinity remembered = programs.tables
                .get(Tables.AFFINITY, new AffinityKey(service.index(), frontends.node.ip(family)))
                .orElseThrow();
        assertThat(Set.of(FrontendLab.FIRST_PORT + remembered.offset())).isEqualTo(ports);
    }

    @Test
    void A8_03_afterTheTimeoutTheChoiceIsFree() {
        TestService service = sticky(TCP, IpFamily.IPV4);

        remember(service, 7, TIMEOUT - 5);
        assertThat(tcp(frontends.node, service)).isEqualTo(FrontendLab.FIRST_PORT + 7);

        assertThat(chosen(() -> {
                    remember(service, 7, TIMEOUT + 5);
                    return tcp(frontends.node, service);
                }))
                .hasSizeGreaterThan(2);
    }

    @Test
    void A8_06_aNodePortSharesTheBackendOfTheClusterIp() {
        TestService service = sticky(TCP, IpFamily.IPV4);
        programs.tables.alsoAt(service, FrontendType.NODE_PORT, "0.0.0.0", 30080, FrontendFlag.NEEDS_CLIENT);
        int port = tcp(frontends.node, service);

        IpAddress node = frontends.node.ip(IpFamily.IPV4);
        assertThat(chosen(() -> frontends
                        .node
                        .sockets()
                        .tcp(node, 30080)
                        .answer()
                        .reached()
                        .port()))
                .containsExactly(port);
    }

    @Test
    void A8_08_aBackendThatIsGoneIsReplaced() {
        TestService service = sticky(TCP, IpFamily.IPV4);
        remember(service, 7, 1);
        programs.tables.publish(service, 0, 8, BACKENDS - 8, TIMEOUT);

        Set<Integer> ports = chosen(() -> tcp(frontends.node, service));

        assertThat(ports).hasSize(1).doesNotContain(FrontendLab.FIRST_PORT + 7);
    }

    @ParameterizedTest
    @EnumSource
    void A8_14_datagramSocketsOfTheNode(IpFamily family) {
        TestService service = sticky(UDP, family);
        Dial dial = Dial.to(service.key().address(), 80);

        Set<Integer> ports = chosen(
                () -> frontends.node.sockets().udp(dial).answer().reached().port());
        assertThat(ports).hasSize(1);
        assertThat(chosen(() -> frontends
                        .node
                        .sockets()
                        .connectedUdp(dial)
                        .answer()
                        .reached()
                        .port()))
                .isEqualTo(ports);
    }

    @ParameterizedTest
    @EnumSource
    void A8_02_A8_10_aPodIsKnownByItsAddress(IpFamily family) {
        programs.attachPods(frontends.node);
        TestService service = sticky(TCP, family);

        assertThat(chosen(() -> tcp(frontends.client, service))).hasSize(1);

        assertThat(programs.tables.get(Tables.AFFINITY, new AffinityKey(service.index(), frontends.client.ip(family))))
                .isPresent();
    }

    @Test
    void aPodIsLeftToPacketsAlsoBeforeItsFrontendSaysSo() {
        TestService service = sticky(TCP, IpFamily.IPV4);
        programs.tables.alsoAt(service, FrontendType.CLUSTER_IP, "10.96.0.10", 80);

        assertThat(frontends
                        .client
                        .sockets()
                        .tcp(Dial.to("10.96.0.10", 80).within(Duration.ofMillis(400)))
                        .failure()
                        .stage())
                .isEqualTo("connect");
    }

    private void remember(TestService service, int backend, int secondsAgo) {
        programs.tables.put(
                Tables.AFFINITY,
                new AffinityKey(service.index(), frontends.node.ip(IpFamily.IPV4)),
                new Affinity(
                        service.backends().get(backend).id(),
                        backend,
                        System.nanoTime() - TimeUnit.SECONDS.toNanos(secondsAgo)));
    }
}
