// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Algorithm;
import io.culvert.maps.ConnectionHash;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.testkit.ChiSquare;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whom `pod_ingress` gives new connections to, by each algorithm and with tables of any kind. What tables say
/// is the matter of those who make them.
@KernelTest
class SelectionKernelTest {

    private static final int CONNECTIONS = 12_000;
    private static final int BACKENDS = 10;
    private static final int DESTINATIONS = 4_000;

    private static PodPrograms pod;

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
    }

    @BeforeEach
    void clear() {
        System.out.println("-Dseed=" + seed);
        pod.tables.clear();
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    private static TestService service(String address) {
        boolean v4 = IpAddress.of(address).isV4();
        String[] backends = IntStream.range(0, BACKENDS)
                .mapToObj(i -> (v4 ? "10.1.7." + i : "[fd00:7::" + i + "]") + ":8080")
                .toArray(String[]::new);
        return pod.tables.service(TCP, address, 80, backends);
    }

    /// The place among the backends of whoever is given a connection.
    private static int connect(TestService service, IpPort client) {
        byte[] syn = ethernet()
                .ip(client.address().toString(), service.key().address().toString())
                .tcp(client.port(), service.key().port(), SYN)
                .toBytes();
        PacketView view = PacketView.of(pod.sent(syn));
        return IntStream.range(0, BACKENDS)
                .filter(i -> service.backends()
                        .get(i)
                        .address()
                        .equals(IpAddress.of(view.destination().toString())))
                .findFirst()
                .orElseThrow();
    }

    private IpPort client(TestService service) {
        String address = service.key().address().isV4()
                ? "10.2." + random.nextInt(256) + "." + random.nextInt(256)
                : "fd00:2::" + Integer.toHexString(1 + random.nextInt(0xffff));
        return new IpPort(IpAddress.of(address), 1024 + random.nextInt(60_000));
    }

    private List<IpPort> clients(TestService service, int count) {
        Set<IpPort> clients = new HashSet<>();
        while (clients.size() < count) {
            clients.add(client(service));
        }
        return new ArrayList<>(clients);
    }

    private SelectionTable table(int size) {
        return SelectionTable.of(random.ints(size, 0, BACKENDS).toArray());
    }

    private void expectShares(TestService service, double[] shares) {
        long[] counts = new long[BACKENDS];
        for (IpPort client : clients(service, CONNECTIONS)) {
            counts[connect(service, client)]++;
        }
        double[] expected =
                Arrays.stream(shares).map(share -> share * CONNECTIONS).toArray();
        assertThat(ChiSquare.statistic(counts, expected))
                .as("%s of %s, seed %d", Arrays.toString(counts), Arrays.toString(expected), seed)
                .isLessThan(ChiSquare.bound(BACKENDS));
    }

    private static double[] shares(SelectionTable table) {
        return Arrays.stream(table.shares(BACKENDS))
                .mapToDouble(count -> (double) count / table.size())
                .toArray();
    }

    private static double[] equalShares() {
        double[] shares = new double[BACKENDS];
        Arrays.fill(shares, 1.0 / BACKENDS);
        return shares;
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.10", "fd00:96::10"})
    void chanceGivesEachAsMuch(String address) {
        expectShares(service(address), equalShares());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.10", "fd00:96::10"})
    void chanceByATableGivesEachItsShare(String address) {
        TestService service = service(address);
        SelectionTable table = table(200);
        pod.tables.choose(service, Algorithm.RANDOM, table);

        expectShares(service, shares(table));
    }

    @ParameterizedTest
    @CsvSource({"MAGLEV, 10.96.0.10", "MAGLEV, fd00:96::10", "SOURCE_HASH, 10.96.0.10", "SOURCE_HASH, fd00:96::10"})
    void hashesSpreadClientsOverTheTable(Algorithm algorithm, String address) {
        TestService service = service(address);
        SelectionTable table = table(251);
        pod.tables.choose(service, algorithm, table);

        // Source hash has fewer keys than connections here: as many as there are addresses.
        long[] counts = new long[BACKENDS];
        Set<Object> keys = new HashSet<>();
        for (IpPort client : clients(service, CONNECTIONS)) {
            if (keys.add(algorithm == Algorithm.SOURCE_HASH ? client.address() : client)) {
                counts[connect(service, client)]++;
            }
        }
        double[] expected =
                Arrays.stream(shares(table)).map(share -> share * keys.size()).toArray();
        assertThat(ChiSquare.statistic(counts, expected))
                .as("%s of %s, seed %d", Arrays.toString(counts), Arrays.toString(expected), seed)
                .isLessThan(ChiSquare.bound(BACKENDS));
    }

    /// Whoever dials the same address has the same backend.
    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.10", "fd00:96::10"})
    void destinationHashSpreadsDestinationsOverTheTable(String address) {
        TestService service = service(address);
        SelectionTable table = table(251);
        pod.tables.choose(service, Algorithm.DESTINATION_HASH, table);
        boolean v4 = service.key().address().isV4();

        long[] counts = new long[BACKENDS];
        for (int i = 0; i < DESTINATIONS; i++) {
            String dialled = v4 ? "10.97." + i / 250 + "." + (1 + i % 250) : "fd00:97::" + Integer.toHexString(1 + i);
            TestService there = new TestService(
                    pod.tables.alsoAt(service, FrontendType.CLUSTER_IP, dialled, 80),
                    service.index(),
                    service.backends());
            int chosen = connect(there, client(there));
            assertThat(connect(there, client(there)))
                    .as("%s for another client, seed %d", dialled, seed)
                    .isEqualTo(chosen);
            counts[chosen]++;
        }
        double[] expected =
                Arrays.stream(shares(table)).map(share -> share * DESTINATIONS).toArray();
        assertThat(ChiSquare.statistic(counts, expected))
                .as("%s of %s, seed %d", Arrays.toString(counts), Arrays.toString(expected), seed)
                .isLessThan(ChiSquare.bound(BACKENDS));
    }

    @ParameterizedTest
    @CsvSource({
        "MAGLEV, 10.96.0.10",
        "MAGLEV, fd00:96::10",
        "SOURCE_HASH, 10.96.0.10",
        "SOURCE_HASH, fd00:96::10",
        "DESTINATION_HASH, 10.96.0.10",
        "DESTINATION_HASH, fd00:96::10"
    })
    void hashesAreThoseOfJava(Algorithm algorithm, String address) {
        TestService service = service(address);
        SelectionTable table = table(65_537);
        pod.tables.choose(service, algorithm, table);
        IpPort destination = new IpPort(service.key().address(), service.key().port());

        for (IpPort client : clients(service, 300)) {
            int hash = ConnectionHash.of(algorithm, client, destination, TCP).orElseThrow();
            assertThat(connect(service, client))
                    .as("%s, seed %d", client, seed)
                    .isEqualTo(table.place(ConnectionHash.entry(hash, table.size())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.10", "fd00:96::10"})
    void roundRobinTakesTurns(String address) {
        TestService service = service(address);
        pod.tables.choose(service, Algorithm.ROUND_ROBIN, SelectionTable.EMPTY);

        List<Integer> chosen = clients(service, 3 * BACKENDS).stream()
                .map(client -> connect(service, client))
                .toList();

        assertThat(chosen)
                .isEqualTo(IntStream.range(0, 3 * BACKENDS)
                        .map(i -> i % BACKENDS)
                        .boxed()
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.10", "fd00:96::10"})
    void weightedRoundRobinFollowsItsTableAndGoesOnAfterAChange(String address) {
        TestService service = service(address);
        SelectionTable table = table(40);
        pod.tables.choose(service, Algorithm.WEIGHTED_ROUND_ROBIN, table);

        List<Integer> chosen = new ArrayList<>();
        List<IpPort> clients = clients(service, 100);
        for (int i = 0; i < clients.size(); i++) {
            if (i == 57) {
                pod.tables.choose(service, Algorithm.WEIGHTED_ROUND_ROBIN, table);
            }
            chosen.add(connect(service, clients.get(i)));
        }

        assertThat(chosen)
                .as("seed %d", seed)
                .isEqualTo(IntStream.range(0, 100)
                        .map(i -> table.place(i % 40))
                        .boxed()
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.10", "fd00:96::10"})
    void connectionsThatGoOnTakeNoTurn(String address) {
        TestService service = service(address);
        pod.tables.choose(service, Algorithm.ROUND_ROBIN, SelectionTable.EMPTY);
        IpPort client = client(service);

        int first = connect(service, client);

        assertThat(connect(service, client)).as("the SYN again").isEqualTo(first);
        IpPort other = new IpPort(client.address(), client.port() ^ 1);
        assertThat(connect(service, other)).isEqualTo(first + 1);
    }
}
