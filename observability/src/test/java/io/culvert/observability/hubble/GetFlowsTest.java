// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import static io.culvert.observability.hubble.Names.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.observability.api.flow.LostEventSource;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.api.observer.ServerStatusResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Flow number n is from n seconds after the start of the machine, and has source port n.
class GetFlowsTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path directory;

    private ServedHubble served;

    @BeforeEach
    void serve() throws IOException {
        served = new ServedHubble(directory, 1_000);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private void add(long from, long to) {
        LongStream.range(from, to).mapToObj(GetFlowsTest::flow).forEach(served.store::add);
        served.store.publish();
    }

    private static Event flow(long number) {
        return new EventDraft(address("10.1.0.2", (int) number), address("10.1.0.3", 80))
                .time(number * SECOND)
                .event();
    }

    private static Timestamp at(long second) {
        return Timestamp.newBuilder()
                .setSeconds(ServedHubble.BOOT.getEpochSecond() + second)
                .build();
    }

    private List<Integer> ports(GetFlowsRequest.Builder request) {
        List<Integer> ports = new ArrayList<>();
        served.observer().getFlows(request.build()).forEachRemaining(response -> ports.add(port(response)));
        return ports;
    }

    private static int port(GetFlowsResponse response) {
        return response.getFlow().getL4().getTCP().getSourcePort();
    }

    private static GetFlowsRequest.Builder request() {
        return GetFlowsRequest.newBuilder();
    }

    @Test
    void aResponseHasTheNodeAndTheTime() {
        add(7, 8);

        GetFlowsResponse response =
                served.observer().getFlows(request().build()).next();

        assertThat(response.getNodeName()).isEqualTo("default/node1");
        assertThat(response.getTime()).isEqualTo(at(7));
        assertThat(response.getFlow().getTime()).isEqualTo(at(7));
    }

    @Test
    void numbersCountFromTheEndAndWithFirstFromTheBeginning() {
        add(0, 100);

        assertThat(ports(request())).hasSize(100).startsWith(0, 1).endsWith(99);
        assertThat(ports(request().setNumber(3))).containsExactly(97, 98, 99);
        assertThat(ports(request().setNumber(3).setFirst(true))).containsExactly(0, 1, 2);
        assertThat(ports(request().setNumber(-1))).hasSize(100);
    }

    @Test
    void periodsIncludeBothEnds() {
        add(0, 100);

        assertThat(ports(request().setSince(at(98)))).containsExactly(98, 99);
        assertThat(ports(request().setUntil(at(1)))).containsExactly(0, 1);
        assertThat(ports(request().setSince(at(10)).setUntil(at(12)))).containsExactly(10, 11, 12);
        assertThat(ports(request().setSince(at(10)).setNumber(2).setFirst(true)))
                .containsExactly(10, 11);
        assertThat(ports(request().setUntil(at(12)).setNumber(2))).containsExactly(11, 12);
        assertThat(ports(request().setSince(at(1_000_000)))).isEmpty();
    }

    @Test
    void whoFollowsGetsWhatComes() {
        add(0, 10);

        Iterator<GetFlowsResponse> news =
                served.observer().getFlows(request().setFollow(true).build());
        Iterator<GetFlowsResponse> lastAndNews = served.observer()
                .getFlows(request().setFollow(true).setNumber(2).build());
        Iterator<GetFlowsResponse> all = served.observer()
                .getFlows(request().setFollow(true).setSince(at(0)).build());
        Iterator<GetFlowsResponse> firstAndNews = served.observer()
                .getFlows(request().setFollow(true).setFirst(true).setNumber(2).build());
        awaitStreams(4);
        add(10, 12);

        assertThat(ports(firstAndNews, 12)).startsWith(0, 1).endsWith(10, 11);
        assertThat(ports(news, 2)).containsExactly(10, 11);
        assertThat(ports(lastAndNews, 4)).containsExactly(8, 9, 10, 11);
        assertThat(ports(all, 12)).startsWith(0, 1).endsWith(10, 11);
    }

    /// It ends by itself a second after, since flows may be a little out of order.
    @Test
    void whoFollowsUntilATimeIsSentAwayThen() {
        add(0, 10);

        assertThat(ports(request().setFollow(true).setSince(at(5)).setUntil(at(7))))
                .containsExactly(5, 6, 7);
        awaitStreams(0);
    }

    private void awaitStreams(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> served.hubble.observers() == count);
    }

    private static List<Integer> ports(Iterator<GetFlowsResponse> responses, int count) {
        Iterable<GetFlowsResponse> all = () -> responses;
        return StreamSupport.stream(all.spliterator(), false)
                .limit(count)
                .map(GetFlowsTest::port)
                .toList();
    }

    @Test
    void lossesOfTheKernelAreToldInBetween() {
        add(0, 1);
        served.store.add(new EventDraft(EventDraft.NOBODY, EventDraft.NOBODY)
                .is(EventKind.LOST, EventVerdict.DROPPED)
                .time(SECOND)
                .detail(17, 1, 0, 0)
                .event());
        add(2, 3);

        List<GetFlowsResponse> responses = new ArrayList<>();
        served.observer().getFlows(request().setNumber(2).build()).forEachRemaining(responses::add);

        assertThat(responses).hasSize(3);
        assertThat(responses.get(1).getLostEvents().getNumEventsLost()).isEqualTo(17);
        assertThat(responses.get(2).getFlow().getL4().getTCP().getSourcePort()).isEqualTo(2);
    }

    /// It is overtaken by 20,000 flows while it reads none, others get all of those that are there.
    @Test
    void anObserverThatStopsReadingIsToldWhatItLost() {
        Iterator<GetFlowsResponse> slow =
                served.observer().getFlows(request().setFollow(true).build());
        awaitStreams(1);
        add(0, 1);
        assertThat(port(slow.next())).isZero();

        for (int round = 0; round < 200; round++) {
            add(round * 100L + 1, round * 100L + 101);
        }

        assertThat(ports(request().setNumber(10))).hasSize(10).endsWith(20_000);
        long lost = 0;
        int read = 1;
        while (read + lost < 20_001) {
            GetFlowsResponse response = slow.next();
            if (response.hasLostEvents()) {
                assertThat(response.getLostEvents().getSource()).isEqualTo(LostEventSource.HUBBLE_RING_BUFFER);
                lost += response.getLostEvents().getNumEventsLost();
            } else {
                read++;
            }
        }
        assertThat(lost).isPositive();
        assertThat(read + lost).isEqualTo(20_001);
    }

    @Test
    void whoGoesAwayLeavesNothingBehind() {
        var channel = served.connect();
        Iterator<GetFlowsResponse> responses = io.culvert.observability.api.observer.ObserverGrpc.newBlockingStub(
                        channel)
                .getFlows(request().setFollow(true).build());
        awaitStreams(1);
        add(0, 1);
        assertThat(port(responses.next())).isZero();

        channel.shutdownNow();

        awaitStreams(0);
    }

    @Test
    void timesThatAreNoneAreRefused() {
        refused(
                request().setSince(Timestamp.newBuilder().setNanos(-1)),
                "read since: no time between the years 1 and 9999");
        refused(
                request().setUntil(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)),
                "read until: no time between the years 1 and 9999");
        refused(request().setSince(at(2)).setUntil(at(1)), "read the period: until is before since");
    }

    private void refused(GetFlowsRequest.Builder request, String why) {
        assertThatThrownBy(() -> ports(request)).isInstanceOfSatisfying(StatusRuntimeException.class, refusal -> {
            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(refusal.getStatus().getDescription()).isEqualTo(why);
        });
    }

    @Test
    void theStatusSaysWhatIsKept() {
        add(0, 1_500);

        ServerStatusResponse status = served.observer().serverStatus(ServerStatusRequest.getDefaultInstance());

        assertThat(status.getNumFlows()).isEqualTo(1_000);
        assertThat(status.getMaxFlows()).isEqualTo(1_000);
        assertThat(status.getSeenFlows()).isEqualTo(1_500);
        assertThat(status.getUptimeNs()).isPositive();
        assertThat(status.getVersion()).isEqualTo("culvert 1.0");
    }

    @Test
    void theRateIsThatOfTheLastMinute() {
        long now = System.nanoTime();
        for (int i = 0; i < 600; i++) {
            served.store.add(new EventDraft(address("10.1.0.2", 1), address("10.1.0.3", 80))
                    .time(now - 120 * SECOND + i * SECOND / 5)
                    .event());
        }

        assertThat(new FlowRate(served.store, now - 300 * SECOND).at(now)).isBetween(4.9, 5.1);
        assertThat(new FlowRate(served.store, now - 300 * SECOND).at(now + 120 * SECOND))
                .isZero();
    }
}
