// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.culvert.observability.hubble.NodeLabel;
import io.culvert.observability.names.Party;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Numbers are looked at before names, and must not say no where names say yes.
final class RawSelectionTest {

    private static final int EVENTS = 400;
    private static final int FILTERS = 2_000;

    /// What only messages tell, or what is the same of all flows of a node.
    private static final Set<String> MESSAGES_ONLY =
            Set.of("uuid", "node_name", "node_labels", "encrypted", "source_cluster_name", "destination_cluster_name");

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
        FlowMessages messages =
                new FlowMessages(new NodeLabel("default", "n1", "1"), new TestNames(), WallClock.ofSystem());
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
                    .isEqualTo(!MESSAGES_ONLY.contains(name));
            if (!NEVER.contains(name)
                    && !Set.of("uuid", "node_labels", "source_fqdn", "destination_fqdn")
                            .contains(name)) {
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
        TestNames names = new TestNames() {
            @Override
            public Party party(IpAddress address, int identity) {
                return known.get() ? super.party(address, identity) : Party.Reserved.WORLD.party();
            }
        };
        FlowFilter filter = FlowFilter.newBuilder().addSourcePod("/pod").build();
        RawFilter raw = FlowSelection.of(List.of(filter), List.of(), FieldMask.getDefaultInstance(), names)
                .raw();
        try (EventMemory memory = new EventMemory(1)) {
            memory.set(0, flow(1_000_000_000L));
            assertThat(passes(memory, 0, raw)).isFalse();
            known.set(true);
            memory.set(0, flow(1_200_000_000L));
            assertThat(passes(memory, 0, raw)).isTrue();
        }
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
