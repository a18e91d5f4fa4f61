// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoad;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.LabProcess;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Algorithms at connect(2), with real sockets, and what they count.
@LabTest
class SocketSelectionLabTest {

    private static final int BACKENDS = 5;

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

    private TestService service(Protocol protocol, Algorithm algorithm) {
        TestService service =
                programs.tables.service(protocol, "10.96.0.10", 80, frontends.backends(IpFamily.IPV4, BACKENDS));
        programs.tables.choose(service, algorithm, SelectionTable.EMPTY);
        return service;
    }

    /// Runs a program of one process of the node.
    private static void run(String... lines) {
        String program = "import socket\n" + String.join("\n", lines);
        frontends.node.exec("python3", "-c", program).orThrow();
    }

    private int sockets(Backend backend) {
        return programs.tables
                .get(Tables.BACKEND_LOADS, BackendIds.index(backend.id()))
                .map(BackendLoad::sockets)
                .map(count -> count.of(backend.id()))
                .orElse(0);
    }

    private int[] sockets(TestService service) {
        return service.backends().stream().mapToInt(this::sockets).toArray();
    }

    @Test
    void leastConnectionGivesSocketsThatStayOpenEachAsMany() {
        TestService service = service(TCP, Algorithm.LEAST_CONNECTION);

        // The process goes on, so that its sockets stay open.
        LabProcess holder = frontends.node.start("holder", List.of("python3", "-c", """
                        import socket, time
                        all = [socket.create_connection(("10.96.0.10", 80)) for _ in range(20)]
                        time.sleep(600)
                        """));
        try {
            Awaitility.await().untilAsserted(() -> assertThat(sockets(service)).containsOnly(4));
        } finally {
            holder.kill();
        }
        Awaitility.await().untilAsserted(() -> assertThat(sockets(service)).containsOnly(0));
    }

    @Test
    void aSocketIsCountedOnceAndUntilItIsClosed() {
        TestService tcp = service(TCP, Algorithm.LEAST_CONNECTION);
        TestService udp = service(UDP, Algorithm.SHORTEST_EXPECTED_DELAY);

        run(
                "for i in range(30):",
                "    s = socket.create_connection(('10.96.0.10', 80))",
                "    if i % 2: s.shutdown(socket.SHUT_RDWR)",
                "    if i % 3: s.close()",
                "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
                "for i in range(10): u.connect(('10.96.0.10', 80))",
                "u.connect(('198.18.0.1', 9))",
                "v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
                "v.connect(('10.96.0.10', 80))");

        Awaitility.await().untilAsserted(() -> {
            assertThat(sockets(tcp)).containsOnly(0);
            assertThat(sockets(udp)).containsOnly(0);
        });
    }

    @ParameterizedTest
    @CsvSource({"LEAST_CONNECTION", "NEVER_QUEUE", "POWER_OF_TWO"})
    void aSocketThatConnectsElsewhereIsCountedNoMore(Algorithm algorithm) {
        TestService udp = service(UDP, algorithm);
        LabProcess holder = frontends.node.start("holder", List.of("python3", "-c", """
                        import socket, time
                        once = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        for i in range(10): once.connect(("10.96.0.10", 80))
                        gone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        gone.connect(("10.96.0.10", 80))
                        gone.connect(("198.18.0.1", 9))
                        last = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        last.connect(("10.96.0.10", 80))
                        time.sleep(600)
                        """));
        try {
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(Arrays.stream(sockets(udp)).sum()).isEqualTo(2));
        } finally {
            holder.kill();
        }
        Awaitility.await().untilAsserted(() -> assertThat(sockets(udp)).containsOnly(0));
    }
}
