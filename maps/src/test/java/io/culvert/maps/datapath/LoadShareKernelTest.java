// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoad;
import io.culvert.maps.BackendLoad.Count;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.ChiSquare;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How often backends are chosen by algorithms that look at counts, where chance has a part in it and the counts say
/// the same throughout.
@KernelTest
@ParameterizedClass
@EnumSource
class LoadShareKernelTest {

    private static final int BACKENDS = 10;
    private static final int CONNECTIONS = 6_000;

    /// So many that those which are made meanwhile change nothing in who has more.
    private static final int MANY = 1_000_000;

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final String client;
    private final String vip;
    private PodPrograms pod;
    private TestService service;

    LoadShareKernelTest(IpFamily family) {
        client = family == IpFamily.IPV4 ? "10.1.0.2" : "fd00:1::2";
        vip = family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    @BeforeEach
    void load() {
        System.out.println("-Dseed=" + seed);
        pod = PodPrograms.load();
        String prefix = IpAddress.of(vip).isV4() ? "10.1.7." : "fd00:7::";
        service = pod.tables.service(
                TCP,
                vip,
                80,
                IntStream.range(0, BACKENDS)
                        .mapToObj(i -> "[" + prefix + i + "]:8080")
                        .toArray(String[]::new));
    }

    @AfterEach
    void close() {
        pod.close();
    }

    private void count(int place, int open) {
        int id = service.backends().get(place).id();
        pod.tables.put(
                Tables.BACKEND_LOADS, BackendIds.index(id), new BackendLoad(new Count(id, open), new Count(id, 0)));
    }

    private byte[] sent(int port, TcpFlag... flags) {
        return pod.sent(ethernet().ip(client, vip).tcp(port, 80, flags).toBytes());
    }

    /// The place among the backends of whoever is given a connection.
    private int connect(int port) {
        IpAddress chosen =
                IpAddress.of(String.valueOf(PacketView.of(sent(port, SYN)).destination()));
        return service.backends().stream().map(Backend::address).toList().indexOf(chosen);
    }

    private void isShared(long[] counts, double... shares) {
        double[] expected =
                Arrays.stream(shares).map(share -> share * CONNECTIONS).toArray();
        assertThat(ChiSquare.statistic(counts, expected))
                .as("%s of %s, seed %d", Arrays.toString(counts), Arrays.toString(expected), seed)
                .isLessThan(ChiSquare.bound(counts.length));
    }

    /// How many connections the cheaper ones were given, and how many the others: the cheaper of two that are drawn is
    /// dear only if both are.
    ///
    /// @param dear the part of draws that the others have
    private void cheaperOnesAreGivenAllButTwoDearDraws(boolean[] cheap, double dear) {
        long[] counts = new long[2];
        for (int port = 2_000; port < 2_000 + CONNECTIONS; port++) {
            counts[cheap[connect(port)] ? 0 : 1]++;
        }
        isShared(counts, 1 - dear * dear, dear * dear);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void theCheaperOfTwoIsTaken(int idle) {
        pod.tables.choose(service, Algorithm.POWER_OF_TWO, SelectionTable.EMPTY);
        boolean[] cheap = new boolean[BACKENDS];
        IntStream.generate(() -> random.nextInt(BACKENDS))
                .distinct()
                .limit(idle)
                .forEach(place -> cheap[place] = true);
        for (int place = 0; place < BACKENDS; place++) {
            count(place, cheap[place] ? 0 : MANY);
        }
        cheaperOnesAreGivenAllButTwoDearDraws(cheap, 1 - (double) idle / BACKENDS);
    }

    /// Every other one has twice as many connections. With a weight of 4 that is half as many for its weight, and it is
    /// drawn four times as often.
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void theCheaperOfTwoIsTheOneWithLessForItsWeight(int weight) {
        service = pod.tables.weighted(service, 1, weight);
        int[] turns = IntStream.range(0, BACKENDS)
                .flatMap(place -> IntStream.generate(() -> place)
                        .limit(service.backends().get(place).weight()))
                .toArray();
        pod.tables.choose(service, Algorithm.POWER_OF_TWO, SelectionTable.of(turns));
        boolean[] cheap = new boolean[BACKENDS];
        for (int place = 0; place < BACKENDS; place++) {
            boolean heavy = place % 2 == 1;
            count(place, heavy ? 2 * MANY : MANY);
            cheap[place] = heavy == (weight == 4);
        }
        cheaperOnesAreGivenAllButTwoDearDraws(cheap, weight == 4 ? 0.2 : 0.5);
    }

    @ParameterizedTest
    @ArgumentsSource(CountingAlgorithms.class)
    void amongEqualOnesChanceDecides(Algorithm algorithm) {
        pod.tables.choose(service, algorithm, SelectionTable.EMPTY);
        long[] counts = new long[BACKENDS];
        for (int port = 2_000; port < 2_000 + CONNECTIONS; port++) {
            counts[connect(port)]++;
            sent(port, RST, ACK);
        }
        double[] shares = new double[BACKENDS];
        Arrays.fill(shares, 1.0 / BACKENDS);
        isShared(counts, shares);
        for (Backend backend : service.backends()) {
            assertThat(pod.tables.loads().flows(backend.id())).isZero();
        }
    }
}
