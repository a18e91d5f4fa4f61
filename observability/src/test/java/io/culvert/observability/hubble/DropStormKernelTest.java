// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.Algorithm;
import io.culvert.maps.DropReason;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.PacketCount;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventTables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.flow.LostEventSource;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.flow.FlowIngest;
import io.culvert.observability.flow.WallClock;
import io.culvert.testkit.KernelTest;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Datagrams to a Service without endpoints, faster than the ring is read: what observers are told over the API, and
/// what programs do meanwhile. The interface is the loopback device.
@KernelTest
@Timeout(120)
final class DropStormKernelTest {

    private static final int RING = 1 << 16;
    private static final int BURST = 1_500;
    private static final int PORT = 9;
    private static final String REFUSING = "127.0.0.77";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final Path bpffs =
            Path.of("/sys/fs/bpf", "culvert-storm-" + ProcessHandle.current().pid());
    private final WallClock clock = WallClock.ofSystem();
    private Datapath datapath;
    private EventTables events;
    private ServedHubble served;

    @BeforeEach
    void open() throws IOException {
        datapath = Datapath.open(DatapathConfig.of(bpffs).withEntries(Map.of("events", RING)));
        events = datapath.maps().events();
        int service = datapath.extents().reserve();
        datapath.extents().publish(new Extent(service, 0, 0, 0, 0, 0, Algorithm.RANDOM, false, false, List.of()));
        datapath.maps()
                .frontends()
                .put(new FrontendKey(IpAddress.of(REFUSING), PORT, Protocol.UDP), Frontend.clusterIp(service, false));
        datapath.attachPod(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress())
                .getIndex());
        served = new ServedHubble(directory, 1_000_000, clock);
    }

    @AfterEach
    void close() {
        served.close();
        datapath.close();
        DatapathPins.remove(bpffs);
    }

    /// What one observer was told.
    private static final class Told implements StreamObserver<GetFlowsResponse> {

        private final Queue<GetFlowsResponse> responses = new ConcurrentLinkedQueue<>();
        private volatile boolean ended;

        @Override
        public void onNext(GetFlowsResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            ended = true;
        }

        @Override
        public void onCompleted() {
            ended = true;
        }

        private long flows() {
            return responses.stream().filter(GetFlowsResponse::hasFlow).count();
        }

        private long lost(LostEventSource source) {
            return responses.stream()
                    .filter(GetFlowsResponse::hasLostEvents)
                    .filter(response -> response.getLostEvents().getSource() == source)
                    .mapToLong(response -> response.getLostEvents().getNumEventsLost())
                    .sum();
        }
    }

    private Told follow(FlowFilter.Builder filter) {
        Told told = new Told();
        ObserverGrpc.newStub(served.connect())
                .getFlows(
                        GetFlowsRequest.newBuilder()
                                .setFollow(true)
                                .addWhitelist(filter)
                                .build(),
                        told);
        return told;
    }

    /// A round trip of a datagram between two other sockets, which programs see as well.
    private static void echo(DatagramSocket client, DatagramSocket server) throws IOException {
        byte[] word = {1};
        client.send(new DatagramPacket(word, 1, server.getLocalSocketAddress()));
        DatagramPacket asked = new DatagramPacket(new byte[1], 1);
        server.receive(asked);
        server.send(asked);
        client.receive(new DatagramPacket(new byte[1], 1));
    }

    private static void storm(DatagramSocket socket) throws IOException {
        DatagramPacket datagram = new DatagramPacket(new byte[8], 8, InetAddress.getByName(REFUSING), PORT);
        for (int i = 0; i < BURST; i++) {
            try {
                socket.send(datagram);
            } catch (PortUnreachableException e) {
                // An answer to one before; this one was not sent.
                i--;
            }
        }
    }

    private long dropped() {
        return Arrays.stream(DropReason.values())
                .flatMap(reason -> datapath.maps().drops().get(reason.number()).stream())
                .mapToLong(PacketCount::packets)
                .sum();
    }

    private long lost() {
        return List.of(EventKind.values()).stream().mapToLong(events::lost).sum();
    }

    @Test
    void observersAreToldWhatWasLostAndNothingElseSuffers() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (DatagramSocket client = new DatagramSocket(0, loopback);
                DatagramSocket server = new DatagramSocket(0, loopback);
                DatagramSocket flood = new DatagramSocket(0, loopback);
                FlowIngest _ = FlowIngest.start(events, served.store, clock)) {
            client.setSoTimeout(10_000);
            server.setSoTimeout(10_000);
            Told drops = follow(FlowFilter.newBuilder().addVerdict(Verdict.DROPPED));
            Told other = follow(FlowFilter.newBuilder().addDestinationPort(String.valueOf(server.getLocalPort())));
            await().atMost(PATIENCE).until(() -> served.hubble.observers() == 2);
            events.tell(EventLevel.LOW);

            long sent = 0;
            while (events.lost(EventKind.DROP) == 0 || sent < 10L * BURST) {
                storm(flood);
                sent += BURST;
                echo(client, server);
            }
            long refused = sent;

            assertThat(dropped()).isEqualTo(refused);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(drops.flows() + events.lost(EventKind.DROP)).isEqualTo(refused);
                assertThat(drops.lost(LostEventSource.PERF_EVENT_RING_BUFFER)).isEqualTo(lost());
                assertThat(other.lost(LostEventSource.PERF_EVENT_RING_BUFFER)).isEqualTo(lost());
            });
            long before = other.flows();
            await().atMost(PATIENCE).until(() -> {
                echo(client, server);
                return other.flows() > before;
            });
            assertThat(other.lost(LostEventSource.HUBBLE_RING_BUFFER)).isZero();
            assertThat(drops.ended || other.ended).isFalse();
            events.tell(EventLevel.OFF);
        }
    }
}
