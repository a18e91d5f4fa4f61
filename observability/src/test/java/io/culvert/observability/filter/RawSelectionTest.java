// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventMemory;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.names.Party;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Numbers are looked at before names, and must not say no where names say yes.
final class RawSelectionTest {

    private static final int EVENTS = 400;
    private static final int FILTERS = 2_000;

    /// What flows have not, so that nothing is built for it.
    private static final Set<String> NEVER = Set.of(
            "http_status_code",
            "http_method",
            "http_path",
            "http_url",
            "http_header",
            "dns_query",
            "trace_id",
            "ip_trace_id");

    private static FlowSelection allow(FlowFilter filter) {
        return FlowSelection.of(List.of(filter), List.of(), FieldMask.getDefaultInstance(), new TestNames());
    }

    @Test
    void numbersNeverRejectWhatNamesAccept() {
        long seed = new Random().nextLong();
        RandomFlows random = new RandomFlows(seed);
        FlowMessages messages = new FlowMessages(new TestNames(), WallClock.ofSystem());
        Set<FieldDescriptor> spared = new HashSet<>();
        Set<FieldDescriptor> fitted = new HashSet<>();
        try (EventMemory memory = new EventMemory(EVENTS)) {
            List<Event> events = random.events(EVENTS);
            for (int place = 0; place < EVENTS; place++) {
                memory.set(place, events.get(place));
            }
            List<Flow> flows = events.stream().map(messages::flow).toList();
            for (int i = 0; i < FILTERS; i++) {
                FlowFilter filter = random.filter();
                FlowSelection selection = allow(filter);
                RawFilter raw = selection.raw();
                for (int place = 0; place < EVENTS; place++) {
                    boolean wanted = selection.test(flows.get(place));
                    boolean passed = passes(memory, place, raw);
                    if (wanted && !passed) {
                        throw new AssertionError("seed " + seed + ", filter " + filter + ", flow " + flows.get(place));
                    }
                    if (filter.getAllFields().size() == 1) {
                        (wanted ? fitted : spared)
                                .addAll(
                                        wanted || !passed
                                                ? filter.getAllFields().keySet()
                                                : Set.of());
                    }
                }
            }
        }
        for (FieldDescriptor field : RandomFlows.FIELDS) {
            String name = field.getName();
            assertThat(spared.contains(field))
                    .as("seed %s: numbers spare work of %s", seed, name)
                    .isTrue();
            if (!NEVER.contains(name)
                    && !Set.of("uuid", "source_fqdn", "destination_fqdn").contains(name)) {
                assertThat(fitted).as("seed %s: some flow fits %s", seed, name).contains(field);
            }
        }
    }

    private static boolean passes(EventMemory memory, int place, RawFilter filter) {
        RawEvent raw = new RawEvent();
        memory.get(place, raw);
        return filter.test(raw);
    }

    @Test
    void aUuidIsLookedForByItsTime() {
        FlowMessages messages = new FlowMessages(new TestNames(), WallClock.ofSystem());
        long time = 0x1234_5678_9abc_def0L;
        Event wanted = flow(time);
        RawFilter raw = allow(FlowFilter.newBuilder()
                        .addUuid("no uuid")
                        .addUuid(messages.flow(wanted).getUuid())
                        .build())
                .raw();
        try (EventMemory memory = new EventMemory(4)) {
            memory.set(0, wanted);
            memory.set(1, flow(time ^ 0xf000L));
            memory.set(2, flow(time + 1));
            memory.set(3, flow(time ^ 1L << 40));

            assertThat(IntStream.range(0, 4).filter(place -> passes(memory, place, raw)))
                    .containsExactly(0, 1);
        }
    }

    @Test
    void whatIsTheSameOfAllFlowsIsDecidedOnce() {
        Event loss = new RandomFlows(1).event(EventKind.LOST);
        try (EventMemory memory = new EventMemory(2)) {
            memory.set(0, flow(1));
            memory.set(1, loss);
            for (String other : List.of(
                    "node_name: 'n2'",
                    "node_name: 'east/'",
                    "source_cluster_name: 'east'",
                    "destination_cluster_name: 'east'",
                    "node_labels: 'zone=b'",
                    "encrypted: true")) {
                assertThat(passes(memory, 0, allow(RandomFlows.parse(other)).raw()))
                        .as(other)
                        .isFalse();
                assertThat(passes(memory, 1, allow(RandomFlows.parse(other)).raw()))
                        .as("losses: " + other)
                        .isTrue();
            }
        }
    }

    @Test
    void lossesPassEveryFilter() {
        Event loss = new RandomFlows(1).event(EventKind.LOST);
        FlowFilter filter = FlowFilter.newBuilder()
                .addSourceIp("192.0.2.77")
                .addProtocol("igmp")
                .build();
        try (EventMemory memory = new EventMemory(1)) {
            memory.set(0, loss);

            assertThat(passes(memory, 0, allow(filter).raw())).isTrue();
            memory.set(0, new RandomFlows(1).event(EventKind.TRACE));
            assertThat(passes(memory, 0, allow(filter).raw())).isFalse();
        }
    }

    @Test
    void namesAreLookedUpAgain() {
        AtomicBoolean known = new AtomicBoolean();
        RawFilter raw = ofPod(known, new AtomicInteger());
        AtomicLong time = new AtomicLong(1_000_000_000L);
        try (EventMemory memory = new EventMemory(1)) {
            assertThat(passesAt(memory, time.get(), raw)).isFalse();
            known.set(true);
            await().atMost(Duration.ofSeconds(10)).until(() -> passesAt(memory, time.addAndGet(200_000_000L), raw));
        }
    }

    @Test
    void flowsOfThePastAskForANameOnce() {
        AtomicInteger asked = new AtomicInteger();
        RawFilter raw = ofPod(new AtomicBoolean(), asked);
        long began = System.nanoTime();
        try (EventMemory memory = new EventMemory(1)) {
            for (int second = 1; second <= 1_000; second++) {
                assertThat(passesAt(memory, second * 1_000_000_000L, raw)).isFalse();
            }
        }
        assertThat(asked.get()).isLessThanOrEqualTo(2 + (int) ((System.nanoTime() - began) / 100_000_000L));
    }

    private static RawFilter ofPod(AtomicBoolean known, AtomicInteger asked) {
        TestNames names = new TestNames() {
            @Override
            public Party party(IpAddress address, int identity) {
                asked.incrementAndGet();
                return known.get() ? super.party(address, identity) : Party.Reserved.WORLD.party();
            }
        };
        FlowFilter filter = FlowFilter.newBuilder().addSourcePod("/pod").build();
        return FlowSelection.of(List.of(filter), List.of(), FieldMask.getDefaultInstance(), names)
                .raw();
    }

    private static boolean passesAt(EventMemory memory, long time, RawFilter filter) {
        memory.set(0, flow(time));
        return passes(memory, 0, filter);
    }

    private static Event flow(long time) {
        IpPort pod = new IpPort(IpAddress.of("10.0.0.1"), 1);
        return new Event(
                time,
                pod,
                pod,
                pod,
                EventKind.TRACE,
                EventVerdict.FORWARDED,
                1,
                0,
                0,
                0,
                0,
                0,
                Set.of(),
                6,
                0,
                EventHook.FROM_POD,
                2,
                0,
                0,
                EventDetail.NONE);
    }
}
