// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import com.google.protobuf.FieldMask;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.flow.TCPFlags;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.flow.FlowHistory;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.FlowMessages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How much memory a full store takes, and how long the last 100 flows are looked for that a filter wants, as for a
/// call of GetFlows: what numbers do not refuse is built and looked at as a message.
final class FlowStoreBenchmark {

    private static final int CAPACITY = 1_000_000;
    private static final int WANTED = 100;

    private final FlowCluster names = new FlowCluster();
    private final FlowMessages messages = new FlowMessages(names, WallClock.ofSystem());
    private final int rounds;

    FlowStoreBenchmark(int rounds) {
        this.rounds = rounds;
    }

    /// @param millis the median of all times but the first
    /// @param found how many of the 100 there were
    record Query(String what, double millis, int found) {}

    record Result(int flows, double mebibytes, double addNanos, List<Query> queries) {}

    Result run() {
        try (FlowStore store = new FlowStore(CAPACITY)) {
            Progress.say("flows: filling the store");
            double addNanos = fill(store);
            List<Query> queries = new ArrayList<>();
            filters().forEach((what, filter) -> {
                Progress.say("flows: " + what);
                queries.add(query(store, what, filter));
            });
            return new Result(CAPACITY, store.bytes() / 1024.0 / 1024.0, addNanos, queries);
        }
    }

    private static double fill(FlowStore store) {
        long start = System.nanoTime();
        for (int number = 0; number < CAPACITY; number++) {
            store.add(flow(number));
        }
        return (double) (System.nanoTime() - start) / CAPACITY;
    }

    private static Event flow(int number) {
        IpPort source = new IpPort(FlowCluster.pod(number * 7), 32_768 + number % 28_000);
        IpPort destination = new IpPort(FlowCluster.pod(number * 13 + 1), FlowCluster.port(number));
        return new Event(
                System.nanoTime(),
                source,
                destination,
                destination,
                EventKind.TRACE,
                EventVerdict.FORWARDED,
                number % 200,
                number % 1_000,
                0,
                0,
                0,
                60,
                Set.of(EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE),
                6,
                0,
                EventHook.FROM_POD,
                2,
                0,
                0,
                new EventDetail(0, 0, 0, 0));
    }

    /// All but the first want flows of which there are none.
    static Map<String, FlowFilter> filters() {
        Map<String, FlowFilter> filters = new LinkedHashMap<>();
        filters.put("one pod of 5,000", filter().addSourcePod("ns7/pod-7").build());
        filters.put("address", filter().addSourceIp("192.0.2.1").build());
        filters.put("pod", filter().addSourcePod("nowhere/web").build());
        filters.put("label", filter().addDestinationLabel("app=nothing").build());
        filters.put("Service", filter().addDestinationService("nowhere/web").build());
        filters.put("identity", filter().addSourceIdentity(9_999_999).build());
        filters.put("verdict", filter().addVerdict(Verdict.AUDIT).build());
        filters.put(
                "TCP flags",
                filter().addTcpFlags(TCPFlags.newBuilder().setRST(true)).build());
        return filters;
    }

    private static FlowFilter.Builder filter() {
        return FlowFilter.newBuilder();
    }

    private Query query(FlowStore store, String what, FlowFilter filter) {
        List<Double> millis = new ArrayList<>();
        int found = 0;
        for (int round = 0; round <= rounds; round++) {
            long start = System.nanoTime();
            found = last(store, filter);
            millis.add((System.nanoTime() - start) / 1e6);
        }
        return new Query(what, Median.of(millis.subList(1, millis.size())), found);
    }

    private int last(FlowStore store, FlowFilter filter) {
        FlowSelection wanted = FlowSelection.of(List.of(filter), List.of(), FieldMask.getDefaultInstance(), names);
        int[] found = new int[1];
        var _ = new FlowHistory(store).lastOf(store.written(), WANTED, FlowHistory.Period.ALL, wanted.raw(), event -> {
            boolean fits = wanted.test(messages.flow(event));
            found[0] += fits ? 1 : 0;
            return fits;
        });
        return found[0];
    }
}
