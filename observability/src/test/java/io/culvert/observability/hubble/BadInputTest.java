// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import static io.culvert.observability.hubble.Names.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.flow.WallClock;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients, clocks and crowds do that they should not.
@SuppressWarnings("NullAway.Init") // served by each test
class BadInputTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> wall = new AtomicReference<>(ServedHubble.BOOT);
    private final AtomicLong monotonic = new AtomicLong();
    private final WallClock clock = new WallClock(wall::get, monotonic::get);
    private ServedHubble served;

    private void serve(int limit) throws IOException {
        served = new ServedHubble(directory, 1_000, clock, limit);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private void add(long from, long to) {
        for (long number = from; number < to; number++) {
            served.store.add(new EventDraft(address("10.1.0.2", 1), address("10.1.0.3", 80))
                    .time(number * SECOND)
                    .event());
        }
        served.store.publish();
    }

    private void awaitStreams(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> served.hubble.observers() == count);
    }

    @Test
    void filtersThatMeanNothingAreNamed() throws IOException {
        serve(10);
        add(0, 1);

        refused(
                GetFlowsRequest.newBuilder()
                        .addWhitelist(FlowFilter.newBuilder().addSourceIp("10.0.0.0/99")),
                Status.Code.INVALID_ARGUMENT,
                "source_ip");
        refused(
                GetFlowsRequest.newBuilder().setFieldMask(FieldMask.newBuilder().addPaths("source.nose")),
                Status.Code.INVALID_ARGUMENT,
                "source.nose");
        assertThat(served.observer()
                        .getFlows(GetFlowsRequest.getDefaultInstance())
                        .hasNext())
                .isTrue();
    }

    private void refused(GetFlowsRequest.Builder request, Status.Code code, String word) {
        assertThatThrownBy(() -> served.observer().getFlows(request.build()).hasNext())
                .isInstanceOfSatisfying(StatusRuntimeException.class, refusal -> {
                    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
                    assertThat(refusal.getStatus().getDescription())
                            .contains(word)
                            .doesNotContain("\n");
                });
    }

    @Test
    void filtersAndMasksAreHeeded() throws IOException {
        serve(10);
        add(0, 2);
        FlowFilter none = FlowFilter.newBuilder().addDestinationPort("81").build();
        FlowFilter all = FlowFilter.newBuilder().addDestinationPort("80").build();

        assertThat(served.observer()
                        .getFlows(
                                GetFlowsRequest.newBuilder().addWhitelist(none).build())
                        .hasNext())
                .isFalse();
        GetFlowsResponse masked = served.observer()
                .getFlows(GetFlowsRequest.newBuilder()
                        .addWhitelist(all)
                        .setNumber(1)
                        .setFieldMask(FieldMask.newBuilder().addPaths("source.pod_name"))
                        .build())
                .next();

        assertThat(masked.getFlow().getSource().getPodName()).isEqualTo("client");
        assertThat(masked.getFlow().hasL4()).isFalse();
        assertThat(masked.getTime().getSeconds()).isEqualTo(ServedHubble.BOOT.getEpochSecond() + 1);
    }

    @Test
    void aCrowdIsServedAndWhoIsTooManyIsTold() throws IOException, InterruptedException {
        serve(1_000);
        CountDownLatch told = new CountDownLatch(1_000);
        List<ManagedChannel> channels = new ArrayList<>();
        GetFlowsRequest follow = GetFlowsRequest.newBuilder().setFollow(true).build();
        for (int i = 0; i < 1_000; i++) {
            channels.add(served.connect());
            ObserverGrpc.newStub(channels.getLast()).getFlows(follow, new Reader(told, true));
        }
        awaitStreams(1_000);

        refused(GetFlowsRequest.newBuilder().setFollow(true), Status.Code.RESOURCE_EXHAUSTED, "1000 observers");
        add(0, 1);

        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        channels.forEach(ManagedChannel::shutdownNow);
        awaitStreams(0);
        assertThat(served.observer()
                        .getFlows(GetFlowsRequest.getDefaultInstance())
                        .hasNext())
                .isTrue();
    }

    /// Counts the first flow, and then asks for more or for nothing.
    private static final class Reader implements ClientResponseObserver<GetFlowsRequest, GetFlowsResponse> {

        private final CountDownLatch told;
        private final boolean greedy;

        Reader(CountDownLatch told, boolean greedy) {
            this.told = told;
            this.greedy = greedy;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<GetFlowsRequest> call) {
            if (!greedy) {
                call.disableAutoRequestWithInitial(1);
            }
        }

        @Override
        public void onNext(GetFlowsResponse response) {
            told.countDown();
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    /// A hundred observers that stop keep nobody from reading, and hold only what waits for them.
    @Test
    void whoStopsReadingSlowsNobody() throws IOException, InterruptedException {
        serve(1_000);
        CountDownLatch told = new CountDownLatch(100);
        GetFlowsRequest follow = GetFlowsRequest.newBuilder().setFollow(true).build();
        for (int i = 0; i < 100; i++) {
            ObserverGrpc.newStub(served.connect()).getFlows(follow, new Reader(told, false));
        }
        awaitStreams(100);
        Iterator<GetFlowsResponse> reader = served.observer().getFlows(follow);
        awaitStreams(101);

        for (int round = 0; round < 20; round++) {
            add(round * 500L, round * 500L + 500);
            for (int read = 0; read < 500; read++) {
                assertThat(reader.next().hasFlow()).isTrue();
            }
        }

        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(served.observer()
                        .serverStatus(ServerStatusRequest.getDefaultInstance())
                        .getSeenFlows())
                .isEqualTo(10_000);
    }

    @Test
    void flowsKeepTheTimeThatTheyHadWhenTheClockIsSet() throws IOException {
        serve(10);
        add(10, 11);
        monotonic.set(15 * SECOND);
        wall.set(ServedHubble.BOOT.plusSeconds(3_615));
        clock.check();
        add(20, 21);

        List<Long> seconds = new ArrayList<>();
        served.observer()
                .getFlows(GetFlowsRequest.getDefaultInstance())
                .forEachRemaining(
                        response -> seconds.add(response.getTime().getSeconds() - ServedHubble.BOOT.getEpochSecond()));
        List<GetFlowsResponse> since = new ArrayList<>();
        served.observer()
                .getFlows(GetFlowsRequest.newBuilder()
                        .setSince(Timestamp.newBuilder().setSeconds(ServedHubble.BOOT.getEpochSecond() + 3_616))
                        .build())
                .forEachRemaining(since::add);

        assertThat(seconds).containsExactly(10L, 3_620L);
        assertThat(since).hasSize(1);
    }
}
