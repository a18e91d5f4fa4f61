// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `pod` on the interfaces of real pods, routed and bridged; no program sees their sockets. Checksums are partial here,
/// and packets larger than the MTU (GSO).
@LabTest
class PodPathLabTest {

    private static final List<LabPrograms> PROGRAMS = new ArrayList<>();
    private static Lab lab;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("routed", PodAttachment.ROUTED, "r1", "r2")
                .node("bridged", PodAttachment.BRIDGED, "b1", "b2")
                .create();
        for (LabNode node : lab.nodes()) {
            PROGRAMS.add(LabPrograms.load(node).attachPods(node));
        }
        for (LabPod pod : lab.pods()) {
            pod.sockets().serve(8080);
        }
    }

    @AfterAll
    static void remove() {
        PROGRAMS.forEach(LabPrograms::close);
        lab.close();
    }

    @BeforeEach
    void clear() {
        PROGRAMS.forEach(programs -> programs.tables.clear());
    }

    private static String vip(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    /// On every node.
    private static void service(IpFamily family, LabPod... backends) {
        String[] ends =
                Stream.of(backends).map(pod -> "[" + pod.ip(family) + "]:8080").toArray(String[]::new);
        for (LabPrograms programs : PROGRAMS) {
            programs.tables.service(TCP, vip(family), 80, ends);
            programs.tables.service(UDP, vip(family), 80, ends);
        }
    }

    static Stream<Arguments> ways() {
        return Stream.of("r1 r2", "b1 b2", "r1 b1", "b1 r1")
                .map(pair -> pair.split(" "))
                .flatMap(pair -> Stream.of(IpFamily.values()).map(family -> Arguments.of(pair[0], pair[1], family)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void A6_01_podReachesAServiceAndTheBackendSeesThePod(String from, String to, IpFamily family) {
        LabPod client = lab.pod(from);
        LabPod backend = lab.pod(to);
        service(family, backend);
        SocketName service = new SocketName(IpAddress.of(vip(family)), 80);

        Outcome.Answer tcp = client.sockets().tcp(vip(family), 80).answer();
        Outcome.Answer udp = client.sockets().udp(vip(family), 80).answer();
        Outcome.Answer connected =
                client.sockets().connectedUdp(Dial.to(vip(family), 80)).answer();

        for (Outcome.Answer answer : List.of(tcp, udp, connected)) {
            assertThat(answer.server()).isEqualTo(to);
            assertThat(answer.peer()).isEqualTo(service);
            assertThat(answer.seen().address()).as("A6_39").isEqualTo(client.ip(family));
            assertThat(answer.reached()).isEqualTo(new SocketName(backend.ip(family), 8080));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void A12_04_largeTransfersArriveWhole(String from, String to, IpFamily family) {
        LabPod client = lab.pod(from);
        LabPod backend = lab.pod(to);
        service(family, backend);
        String text = "0123456789abcdef".repeat(200_000);
        try (TcpConnection connection = client.sockets().openTcp(Dial.to(vip(family), 80))) {
            Outcome.Answer answer = connection.exchange(text).answer();
            assertThat(answer.echo()).isEqualTo(text);
            int port = answer.seen().port();
            await("segments that one end sent and the other never received").untilAsserted(() -> {
                Segments here = segments(client, "sport = :" + port);
                Segments there = segments(backend, "dport = :" + port);
                assertThat(here.sent() - there.received()).isNotPositive();
                assertThat(there.sent() - here.received()).isNotPositive();
            });
        }
    }

    /// What an end of a connection counts, with those sent again: a sender that moves to another CPU has its packets
    /// overtaken, and sends what it takes for lost again.
    private record Segments(long sent, long received) {}

    /// @param filter of ss(8) for one connection
    private static Segments segments(LabPod pod, String filter) {
        String text = pod.exec("ss", "-tinH", filter).orThrow();
        return new Segments(count(text, "segs_out"), count(text, "segs_in"));
    }

    private static long count(String text, String name) {
        Matcher matcher = Pattern.compile(name + ":(\\d+)").matcher(text);
        assertThat(matcher.find()).as("%s in: %s", name, text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /// Sets transmit checksum offload of a device (ETHTOOL_STXCSUM), where the programs must get complete checksums
    /// right, or hand unfinished ones to a device that finishes them.
    private static void offload(LabHost host, String device, boolean on) {
        String program = """
                import ctypes, fcntl, socket, struct
                value = ctypes.create_string_buffer(struct.pack("II", 0x17, %d))
                request = struct.pack("16sP", b"%s", ctypes.addressof(value))
                fcntl.ioctl(socket.socket(), 0x8946, request)
                """.formatted(on ? 1 : 0, device);
        host.exec("python3", "-c", program).orThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void A21_12_checksumsAreRightWhoeverFinishesThem(boolean atThePod) {
        LabPod client = lab.pod("r1");
        LabHost host = atThePod ? client : client.node();
        String device = atThePod ? "eth0" : client.hostInterface();
        offload(host, device, false);
        try {
            for (IpFamily family : IpFamily.values()) {
                clear();
                service(family, lab.pod("r2"));
                try (TcpConnection connection = client.sockets().openTcp(Dial.to(vip(family), 80))) {
                    String text = "x".repeat(100_000);
                    assertThat(connection.exchange(text).answer().echo()).isEqualTo(text);
                }
                assertThat(client.sockets().udp(vip(family), 80).answer().server())
                        .isEqualTo("r2");
                clear();
                service(family, client);
                assertThat(client.sockets().tcp(vip(family), 80).answer().server())
                        .isEqualTo("r1");
                clear();
                service(family);
                assertRefusedAtOnce(client.sockets().tcp(vip(family), 80));
                assertRefusedAtOnce(client.sockets().connectedUdp(Dial.to(vip(family), 80)));
            }
        } finally {
            offload(host, device, true);
        }
    }

    private static void assertRefusedAtOnce(Outcome outcome) {
        assertThat(outcome.failure().errno()).isEqualTo("ECONNREFUSED");
        assertThat(outcome.failure().took()).isLessThan(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @EnumSource
    void A5_01_serviceWithoutEndpointsIsRefusedAtOnce(IpFamily family) {
        service(family);
        for (String pod : List.of("r1", "b1")) {
            assertRefusedAtOnce(lab.pod(pod).sockets().tcp(vip(family), 80));
            assertRefusedAtOnce(lab.pod(pod).sockets().connectedUdp(Dial.to(vip(family), 80)));
        }
    }

    @Test
    void A5_04_localPolicyWithoutLocalEndpointsTimesOut() {
        for (LabPrograms programs : PROGRAMS) {
            programs.tables.serviceWithoutLocalEndpoints(TCP, "10.96.0.10", 80, true);
        }
        Dial dial = Dial.to("10.96.0.10", 80).within(Duration.ofMillis(300));

        assertThat(lab.pod("r1").sockets().tcp(dial).failure().errno()).isEqualTo("TIMEOUT");
    }

    @ParameterizedTest
    @EnumSource
    void A6_33_podReachesItselfThroughItsService(IpFamily family) {
        for (String name : List.of("r1", "b1")) {
            LabPod pod = lab.pod(name);
            clear();
            service(family, pod);

            Outcome.Answer tcp = pod.sockets().tcp(vip(family), 80).answer();
            Outcome.Answer udp = pod.sockets().udp(vip(family), 80).answer();

            for (Outcome.Answer answer : List.of(tcp, udp)) {
                assertThat(answer.server()).isEqualTo(name);
                assertThat(answer.seen().address()).isEqualTo(pod.node().ip(family));
                assertThat(answer.peer().port()).isEqualTo(80);
            }
            try (TcpConnection connection = pod.sockets().openTcp(Dial.to(vip(family), 80))) {
                String text = "y".repeat(500_000);
                assertThat(connection.exchange(text).answer().echo()).isEqualTo(text);
            }
        }
    }

    @Test
    void A6_40_podToPodIsNeverTouched() {
        service(IpFamily.IPV4, lab.pod("b1"));

        Outcome.Answer answer = lab.pod("r1")
                .sockets()
                .tcp(lab.pod("r2").ip(IpFamily.IPV4), 8080)
                .answer();

        assertThat(answer.server()).isEqualTo("r2");
        assertThat(answer.peer()).isEqualTo(new SocketName(lab.pod("r2").ip(IpFamily.IPV4), 8080));
    }
}
