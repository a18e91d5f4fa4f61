// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Backend;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Session affinity on packets.
@KernelTest
class PodAffinityKernelTest {

    private static final String CLIENT = "10.1.0.2";
    private static final String SERVICE = "10.96.0.10";
    private static final int TIMEOUT = 60;

    /// So many backends that a new choice is the old one once in a while only.
    private static final String[] MANY =
            IntStream.range(0, 200).mapToObj(i -> "10.1.7." + i + ":8080").toArray(String[]::new);

    private static PodPrograms pod;

    private int port;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
    }

    @BeforeEach
    void clear() {
        pod.tables.clear();
        port = 30_000;
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    private TestService sticky(String... backends) {
        return pod.tables.serviceWithAffinity(TCP, SERVICE, 80, TIMEOUT, backends);
    }

    /// The backend of a connection from a port that was not used before.
    private String connect(String client, String service, int servicePort) {
        byte[] syn =
                ethernet().ip(client, service).tcp(port++, servicePort, SYN).toBytes();
        return destination(pod.sent(syn));
    }

    private String connect(String client) {
        return connect(client, SERVICE, 80);
    }

    private static String destination(byte[] packet) {
        PacketView view = PacketView.of(packet);
        return view.destination() + ":" + view.destinationPort();
    }

    private static Stream<String> clients() {
        return IntStream.range(1, 41).mapToObj(i -> "10.1.3." + i);
    }

    private static AffinityKey key(TestService service, String client) {
        return new AffinityKey(service.index(), IpAddress.of(client));
    }

    private Affinity remembered(TestService service, String client) {
        return pod.tables.get(Tables.AFFINITY, key(service, client)).orElseThrow();
    }

    private void remember(TestService service, String client, int backend, int offset, long secondsAgo) {
        long then = System.nanoTime() - TimeUnit.SECONDS.toNanos(secondsAgo);
        pod.tables.put(
                Tables.AFFINITY,
                key(service, client),
                new Affinity(service.backends().get(backend).id(), offset, then));
    }

    @Test
    void A8_01_withoutAffinityEachChoiceIsItsOwn() {
        pod.tables.service(TCP, SERVICE, 80, MANY);

        Set<String> chosen = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            chosen.add(connect(CLIENT));
        }

        assertThat(chosen).hasSizeGreaterThan(10);
    }

    @Test
    void A8_02_allConnectionsOfAClientGoToOneBackend() {
        sticky(MANY);

        String first = connect(CLIENT);
        for (int i = 0; i < 100; i++) {
            assertThat(connect(CLIENT)).isEqualTo(first);
        }
        assertThat(clients().map(this::connect).distinct())
                .as("backends of 40 other clients")
                .hasSizeGreaterThan(10);
    }

    @Test
    void A8_02_overIpv6() {
        String[] backends = IntStream.range(0, 200)
                .mapToObj(i -> "[fd00:7::" + i + "]:8080")
                .toArray(String[]::new);
        pod.tables.serviceWithAffinity(TCP, "fd00:96::10", 80, TIMEOUT, backends);

        String first = connect("fd00:1::2", "fd00:96::10", 80);
        for (int i = 0; i < 20; i++) {
            assertThat(connect("fd00:1::2", "fd00:96::10", 80)).isEqualTo(first);
        }
    }

    @Test
    void A8_03_afterTheTimeoutTheChoiceIsFree() {
        TestService service = sticky(MANY);
        List<String> clients = clients().toList();

        clients.forEach(client -> remember(service, client, 5, 5, TIMEOUT - 2));
        assertThat(clients.stream().map(this::connect)).as("in time").containsOnly(MANY[5]);

        clients.forEach(client -> remember(service, client, 5, 5, TIMEOUT + 2));
        assertThat(clients.stream().map(this::connect).filter(MANY[5]::equals).count())
                .as("too late")
                .isLessThan(10);
    }

    @Test
    void A8_04_aNewConnectionRestartsTheTimer() {
        TestService service = sticky(MANY);
        remember(service, CLIENT, 5, 5, TIMEOUT - 10);

        assertThat(connect(CLIENT)).isEqualTo(MANY[5]);

        assertThat(remembered(service, CLIENT).lastUsed())
                .isCloseTo(System.nanoTime(), within(TimeUnit.SECONDS.toNanos(5)));
    }

    @Test
    void A8_15_packetsOfAnOpenConnectionDoNot() {
        TestService service = sticky(MANY);
        connect(CLIENT);
        remember(service, CLIENT, 5, 5, TIMEOUT - 10);
        Affinity before = remembered(service, CLIENT);

        pod.sent(ethernet().ip(CLIENT, SERVICE).tcp(30_000, 80, ACK).toBytes());

        assertThat(remembered(service, CLIENT)).isEqualTo(before);
    }

    @Test
    void A8_05_affinityComesAndGoesWithTheService() {
        TestService service = pod.tables.service(TCP, SERVICE, 80, MANY);
        assertThat(clients().map(_ -> connect(CLIENT)).distinct()).hasSizeGreaterThan(10);

        pod.tables.publish(service, 0, 0, MANY.length, TIMEOUT);
        assertThat(clients().map(_ -> connect(CLIENT)).distinct()).hasSize(1);

        pod.tables.publish(service, 0, 0, MANY.length, 0);
        assertThat(clients().map(_ -> connect(CLIENT)).distinct()).hasSizeGreaterThan(10);
    }

    @Test
    void A8_06_allAddressesOfAServicePortShareTheBackend() {
        TestService service = sticky(MANY);
        pod.tables.alsoAt(service, FrontendType.LOAD_BALANCER, "203.0.113.1", 80);
        pod.tables.alsoAt(service, FrontendType.EXTERNAL_IP, "198.51.100.1", 80);

        String chosen = connect(CLIENT);

        assertThat(connect(CLIENT, "203.0.113.1", 80)).isEqualTo(chosen);
        assertThat(connect(CLIENT, "198.51.100.1", 80)).isEqualTo(chosen);
    }

    @Test
    void A8_07_twoPortsOfAServiceAreIndependent() {
        sticky(MANY);
        TestService other = pod.tables.serviceWithAffinity(TCP, SERVICE, 81, TIMEOUT, MANY);
        String chosen = connect(CLIENT);
        int another = Arrays.asList(MANY).indexOf(chosen) == 7 ? 8 : 7;
        remember(other, CLIENT, another, another, 1);

        assertThat(connect(CLIENT, SERVICE, 81)).isEqualTo(MANY[another]);
        assertThat(connect(CLIENT)).isEqualTo(chosen);
    }

    @Test
    void A8_08_aBackendThatIsGoneIsReplacedAndTheNewOneRemembered() {
        TestService service = sticky("10.1.7.1:8080");
        assertThat(connect(CLIENT)).isEqualTo("10.1.7.1:8080");

        TestService changed = pod.tables.change(service, "10.1.8.1:8080", "10.1.8.2:8080", "10.1.8.3:8080");
        pod.tables.publish(changed, 0, 0, 3, TIMEOUT);

        String chosen = connect(CLIENT);
        assertThat(chosen).startsWith("10.1.8.");
        for (int i = 0; i < 20; i++) {
            assertThat(connect(CLIENT)).isEqualTo(chosen);
        }
    }

    @Test
    void A8_08_aBackendThatServesNoNewConnectionsIsReplaced() {
        TestService service = sticky(MANY);
        remember(service, CLIENT, 0, 0, 1);
        assertThat(connect(CLIENT)).isEqualTo(MANY[0]);

        pod.tables.publish(service, 0, 1, MANY.length - 1, TIMEOUT);

        String chosen = connect(CLIENT);
        assertThat(chosen).isNotEqualTo(MANY[0]);
        assertThat(connect(CLIENT)).isEqualTo(chosen);
    }

    @Test
    void A8_09_aBackendOutsideOfTheLocalSetIsIgnored() {
        TestService service = sticky(MANY);
        pod.tables.put(Tables.FRONTENDS, service.key(), Frontend.clusterIp(service.index(), true));
        pod.tables.publish(service, 2, 0, MANY.length, TIMEOUT);
        remember(service, CLIENT, 100, 100, 1);

        String chosen = connect(CLIENT);

        assertThat(chosen).isIn(MANY[0], MANY[1]);
        assertThat(connect(CLIENT)).isEqualTo(chosen);
    }

    @Test
    void A8_10_theClientIsKnownByTheAddressItHasBeforeMasquerade() {
        TestService service = sticky(CLIENT + ":8080");

        pod.turned(ethernet().ip(CLIENT, SERVICE).tcp(40_000, 80, SYN).toBytes());

        assertThat(pod.tables.get(Tables.AFFINITY, key(service, CLIENT))).isPresent();
        assertThat(pod.tables.get(Tables.AFFINITY, key(service, PodPrograms.NODE4)))
                .isEmpty();
    }

    @Test
    void A8_11_moreClientsThanTheTableHoldsAreServedAllTheSame() {
        try (PodPrograms small = PodPrograms.load(object -> object.maxEntries(Tables.AFFINITY.name(), 16))) {
            small.tables.serviceWithAffinity(TCP, SERVICE, 80, TIMEOUT, MANY);
            byte[] syn = ethernet().ip(CLIENT, SERVICE).tcp(40_000, 80, SYN).toBytes();
            String first = destination(small.sent(syn));
            for (int i = 0; i < 2000; i++) {
                String client = "10.1." + (16 + i / 200) + "." + i % 200;
                small.sent(ethernet().ip(client, SERVICE).tcp(40_000, 80, SYN).toBytes());
            }
            assertThat(IntStream.range(0, 2000)
                            .mapToObj(i -> "10.1." + (16 + i / 200) + "." + i % 200)
                            .filter(client -> small.tables
                                    .get(Tables.AFFINITY, new AffinityKey(0, IpAddress.of(client)))
                                    .isPresent())
                            .count())
                    .as("remembered clients")
                    .isLessThan(1000);

            byte[] ack = ethernet().ip(CLIENT, SERVICE).tcp(40_000, 80, ACK).toBytes();
            assertThat(destination(small.sent(ack))).as("an open connection").isEqualTo(first);
        }
    }

    @Test
    void A8_14_datagramsFromOtherPortsGoToTheSameBackend() {
        pod.tables.serviceWithAffinity(UDP, SERVICE, 53, TIMEOUT, MANY);

        assertThat(IntStream.range(30_000, 30_050)
                        .mapToObj(source -> ethernet()
                                .ip(CLIENT, SERVICE)
                                .udp(source, 53)
                                .payload("x")
                                .toBytes())
                        .map(packet -> destination(pod.sent(packet)))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aBackendIsFoundWhereverItMovedInTheExtent() {
        TestService service = sticky(MANY);
        for (int wrong : new int[] {0, 4, 6, 199, 200, -1, Integer.MAX_VALUE}) {
            remember(service, CLIENT, 5, wrong, 1);
            assertThat(connect(CLIENT)).as("hint %d", wrong).isEqualTo(MANY[5]);
            assertThat(remembered(service, CLIENT).offset()).isEqualTo(5);
        }
    }

    /// The largest extents that are known of have thousands of backends; the search has no bound of its own.
    @Test
    void aBackendIsFoundAmongTenThousand() {
        String[] backends = IntStream.range(0, 10_000)
                .mapToObj(i -> "10.2." + i / 250 + "." + i % 250 + ":8080")
                .toArray(String[]::new);
        TestService service = sticky(backends);
        remember(service, CLIENT, 9_999, 0, 1);

        assertThat(connect(CLIENT)).isEqualTo(backends[9_999]);
    }

    @Test
    void anotherServiceThatTookOverTheIndexIsNotConfused() {
        TestService service = sticky("10.1.7.1:8080", "10.1.7.2:8080");
        Backend foreign = pod.tables
                .service(TCP, "10.96.0.99", 80, "10.1.9.9:8080")
                .backends()
                .getFirst();
        pod.tables.put(Tables.AFFINITY, key(service, CLIENT), new Affinity(foreign.id(), 0, System.nanoTime()));

        assertThat(connect(CLIENT)).startsWith("10.1.7.");
    }
}
