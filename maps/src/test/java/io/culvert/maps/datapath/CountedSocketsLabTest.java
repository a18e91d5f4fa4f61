// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The program that takes closed sockets out of the counts is there while some socket is counted, and only then.
@LabTest
class CountedSocketsLabTest {

    private static final String RELEASE = "release";

    private static Lab lab;
    private static LabNode node;

    @BeforeAll
    static void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED).create();
        node = lab.node("n1");
    }

    @AfterAll
    static void remove() {
        DatapathPins.remove(node.bpffs());
        lab.close();
    }

    private static Datapath open() {
        return Datapath.open(DatapathConfig.of(node.bpffs()));
    }

    private static boolean isAttached(Datapath datapath) {
        return datapath.attachments().keySet().stream().anyMatch(name -> name.contains(RELEASE));
    }

    /// A Service whose one backend nobody serves: a socket of UDP connects all the same.
    private static int publish(Datapath datapath, Algorithm algorithm) {
        int service = datapath.extents().reserve();
        int id = datapath.backendIds().allocate();
        Backend backend = new Backend(IpAddress.of("198.18.0.7"), 8080, 1, id, 0, false, false);
        datapath.extents().publish(new Extent(service, 0, 0, 0, 1, 0, algorithm, false, false, List.of(backend)));
        datapath.maps()
                .frontends()
                .put(new FrontendKey(IpAddress.of("10.96.0.10"), 80, Protocol.UDP), Frontend.clusterIp(service, false));
        return id;
    }

    private static LabProcess connect(int sockets) {
        return node.start("holder", List.of("python3", "-c", """
                        import socket, time
                        all = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(%d)]
                        for one in all: one.connect(("10.96.0.10", 80))
                        print("connected", flush=True)
                        time.sleep(600)
                        """.formatted(sockets)))
                .awaitLine("connected", Duration.ofSeconds(10));
    }

    @Test
    void theProgramStaysWhileASocketIsCountedAlsoForTheNextAgent() {
        LabProcess holder;
        try (Datapath datapath = open()) {
            datapath.attachSockets(node.cgroupRoot(), EnumSet.of(SocketPrograms.COUNT));
            datapath.countedSockets().stop();
            assertThat(isAttached(datapath)).as("nobody counts").isFalse();

            datapath.countedSockets().start();
            assertThat(isAttached(datapath)).isTrue();
            int id = publish(datapath, Algorithm.LEAST_CONNECTION);
            holder = connect(40);
            assertThat(datapath.countedSockets().all().orElseThrow())
                    .hasSize(40)
                    .allSatisfy(socket -> assertThat(socket.backendId()).isEqualTo(id));
            datapath.countedSockets().stop();
            assertThat(isAttached(datapath))
                    .as("somebody has to count them out")
                    .isTrue();
        }
        try (Datapath datapath = open()) {
            datapath.attachSockets(node.cgroupRoot(), Set.of(SocketPrograms.COUNT));
            assertThat(datapath.countedSockets().all().orElseThrow()).hasSize(40);
            holder.kill();
            Awaitility.await()
                    .until(() -> datapath.countedSockets().all().orElseThrow().isEmpty());
            datapath.countedSockets().stop();
            assertThat(isAttached(datapath)).isFalse();
            assertThat(datapath.auditLinks(true).faults())
                    .as("it is not missed")
                    .isEmpty();
        }
    }
}
