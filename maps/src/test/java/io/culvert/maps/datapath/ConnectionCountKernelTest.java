// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.FIN;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.Flow;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpFamily;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Counts of open connections through random histories, and whom algorithms choose by them, against a model that knows
/// every connection.
@KernelTest
@ParameterizedClass
@EnumSource
class ConnectionCountKernelTest {

    private static final int STEPS = 1500;

    private final String client;
    private final String vip;
    private final String prefix;

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final Map<Integer, Backend> open = new HashMap<>();
    private final List<Integer> ended = new ArrayList<>();
    private PodPrograms pod;
    private BackendLoads loads;
    private TestService service;
    private int next = 1024;

    ConnectionCountKernelTest(IpFamily family) {
        boolean v4 = family == IpFamily.IPV4;
        client = v4 ? "10.1.0.2" : "fd00:1::2";
        vip = v4 ? "10.96.0.10" : "fd00:96::10";
        prefix = v4 ? "10.1.7." : "fd00:7::";
    }

    @BeforeEach
    void load() {
        System.out.println("-Dseed=" + seed);
        pod = PodPrograms.load();
        loads = pod.tables.loads();
        service = pod.tables.weighted(pod.tables.service(TCP, vip, 80, backends(0)), 1, 2, 3, 10);
    }

    @AfterEach
    void close() {
        pod.close();
    }

    private String[] backends(int first) {
        return IntStream.range(first, first + 8)
                .mapToObj(i -> "[" + prefix + i + "]:8080")
                .toArray(String[]::new);
    }

    private byte[] fromClient(int port, TcpFlag... flags) {
        return ethernet().ip(client, vip).tcp(port, 80, flags).toBytes();
    }

    private byte[] fromBackend(int port, Backend backend, TcpFlag... flags) {
        return ethernet()
                .ip(backend.address().toString(), client)
                .tcp(backend.port(), port, flags)
                .toBytes();
    }

    private int count(Backend backend) {
        return (int) open.values().stream()
                .filter(other -> other.id() == backend.id())
                .count();
    }

    /// What an algorithm looks at, smaller is better.
    private double cost(Algorithm algorithm, Backend backend) {
        int count = count(backend);
        return switch (algorithm) {
            case LEAST_CONNECTION -> count;
            case WEIGHTED_LEAST_CONNECTION -> (double) count / backend.weight();
            case SHORTEST_EXPECTED_DELAY -> (count + 1.0) / backend.weight();
            case NEVER_QUEUE -> count == 0 ? -1 : (count + 1.0) / backend.weight();
            default -> 0;
        };
    }

    private void open(Algorithm algorithm, int port) {
        PacketView sent = PacketView.of(pod.sent(fromClient(port, SYN)));
        Backend chosen = service.backends().stream()
                .filter(backend -> backend.address().toString().equals(String.valueOf(sent.destination())))
                .findFirst()
                .orElseThrow();
        double best = service.backends().stream()
                .mapToDouble(backend -> cost(algorithm, backend))
                .min()
                .orElseThrow();
        assertThat(cost(algorithm, chosen))
                .as("chose %s, seed %d", chosen, seed)
                .isEqualTo(best);
        open.put(port, chosen);
    }

    private int any(List<Integer> ports) {
        return ports.get(random.nextInt(ports.size()));
    }

    private Flow forward(int port) {
        return pod.flow(TCP, "[" + client + "]:" + port, "[" + vip + "]:80");
    }

    private void end(int port) {
        open.remove(port);
        ended.add(port);
    }

    private void step(Algorithm algorithm) {
        List<Integer> ports = List.copyOf(open.keySet());
        int what = ports.isEmpty() ? 0 : random.nextInt(9);
        int port = ports.isEmpty() ? 0 : any(ports);
        switch (what) {
            case 0, 1, 2 -> open(algorithm, next++);
            case 3 -> repeat(algorithm, port);
            case 4 -> {
                pod.sent(fromClient(port, RST));
                end(port);
            }
            case 5 -> {
                Backend backend = Objects.requireNonNull(open.get(port));
                pod.sent(fromClient(port, ACK));
                pod.sent(fromClient(port, FIN, ACK));
                pod.received(fromBackend(port, backend, FIN, ACK));
                pod.sent(fromClient(port, RST));
                end(port);
            }
            case 6 -> {
                // As the agent's collection does.
                Flow flow = forward(port);
                flow.roles().forEach(role -> pod.tables.remove(Tables.FLOWS, flow.key(role)));
                loads.removed(flow);
                open.remove(port);
            }
            case 7 -> {
                // Long silent, and then the port is used again.
                Flow flow = forward(port);
                flow.roles()
                        .forEach(role -> pod.tables
                                .get(Tables.FLOWS, flow.key(role))
                                .ifPresent(entry -> pod.age(entry, 100_000)));
                open.remove(port);
                open(algorithm, port);
            }
            default -> {
                if (!ended.isEmpty()) {
                    int again = ended.removeLast();
                    open(algorithm, again);
                }
            }
        }
    }

    /// The SYN again: another connection only where its backend serves no more.
    private void repeat(Algorithm algorithm, int port) {
        Backend backend = Objects.requireNonNull(open.get(port));
        if (service.backends().stream().anyMatch(other -> other.id() == backend.id())) {
            pod.sent(fromClient(port, SYN));
        } else {
            open.remove(port);
            open(algorithm, port);
        }
    }

    private void compare(int step) {
        for (Backend backend : service.backends()) {
            assertThat(loads.flows(backend.id()))
                    .as("connections of %s after step %d, seed %d", backend, step, seed)
                    .isEqualTo(count(backend));
        }
    }

    @ParameterizedTest
    @ArgumentsSource(CountingAlgorithms.class)
    void countsAreRightWhateverHappens(Algorithm algorithm) {
        pod.tables.choose(service, algorithm, SelectionTable.EMPTY);
        for (int i = 0; i < STEPS; i++) {
            step(algorithm);
            if (i % 10 == 0) {
                compare(i);
            }
            if (i == STEPS / 2) {
                replaceBackends(algorithm);
            }
        }
        compare(STEPS);
        assertThat(open).as("connections that were tried").isNotEmpty();
    }

    /// Others serve from now on, in part at indexes that others had; connections to those that are gone go on and end.
    private void replaceBackends(Algorithm algorithm) {
        service = pod.tables.weighted(pod.tables.change(service, backends(100)), 3, 1);
        pod.tables.choose(service, algorithm, SelectionTable.EMPTY);
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"RANDOM", "ROUND_ROBIN", "MAGLEV"})
    void othersCountNothing(Algorithm algorithm) {
        pod.tables.choose(service, algorithm, SelectionTable.EMPTY);
        for (int port = 2000; port < 2100; port++) {
            pod.sent(fromClient(port, SYN));
        }
        assertThat(service.backends()).allMatch(backend -> loads.flows(backend.id()) == 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"POWER_OF_TWO", "LEAST_CONNECTION"})
    void theLoadIsMoreEvenThanByChance(Algorithm algorithm) {
        service = pod.tables.weighted(service, 1);
        pod.tables.choose(service, algorithm, SelectionTable.EMPTY);
        for (int port = 2000; port < 6000; port++) {
            pod.sent(fromClient(port, SYN));
        }
        int[] counts = service.backends().stream()
                .mapToInt(backend -> loads.flows(backend.id()))
                .sorted()
                .toArray();

        // By chance they would be tens apart.
        assertThat(counts[7] - counts[0]).as("seed %d", seed).isLessThanOrEqualTo(12);
        assertThat(IntStream.of(counts).sum()).isEqualTo(4000);
    }
}
