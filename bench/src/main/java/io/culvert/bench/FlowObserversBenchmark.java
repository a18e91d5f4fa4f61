// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.flow.TCPFlags;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.flow.Workload;
import io.culvert.observability.flow.FlowIngest;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.AgentLog;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.hubble.Hubble;
import io.culvert.observability.hubble.PeerBook;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Ten observers who follow with different filters, over the Hubble API on a Unix socket, while programs tell of 50,000
/// packets a second; alone, and while ten others have stopped to read.
final class FlowObserversBenchmark {

    static final int RATE = 50_000;

    private static final int CAPACITY = 1_000_000;

    private static final int WARM_TURNS = 4;

    private final int rounds;
    private final double seconds;

    FlowObserversBenchmark(int rounds, double seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /// @param seen flows a second that it was shown
    /// @param lost flows that it was told it lost
    record Observer(String filter, double seen, long lost) {}

    /// Shares of one processor, in percent, without the program and without the clients.
    ///
    /// @param nobody while nobody observes
    /// @param alone while ten observers follow
    /// @param stopped the same while ten others do not read
    /// @param lost in the ring
    record Result(double nobody, List<Double> alone, List<Double> stopped, List<Observer> observers, long lost) {}

    Result run() throws IOException, InterruptedException {
        WallClock clock = WallClock.ofSystem();
        FlowMessages messages = new FlowMessages(new FlowCluster(), clock);
        try (FlowSource source = new FlowSource();
                FlowStore store = new FlowStore(CAPACITY);
                FlowIngest ingest = FlowIngest.start(source.tables(), store, clock);
                Hubble hubble = new Hubble(new Hubble.Content(
                        store, messages, clock, new AgentLog(Instant::now), new PeerBook("default", false)));
                FlowClients clients = FlowClients.serve(hubble)) {
            double _ = share(source, clients);
            double nobody = share(source, clients);
            List<FlowClients.Following> following = new ArrayList<>();
            filters().forEach((what, filter) -> following.add(clients.follow(what, filter, true)));
            // The machine code for all of that takes a while.
            for (int turn = 0; turn < WARM_TURNS; turn++) {
                Progress.say("flows: observers, warming up");
                double _ = share(source, clients);
            }
            return measure(source, clients, nobody, following, ingest);
        }
    }

    private Result measure(
            FlowSource source,
            FlowClients clients,
            double nobody,
            List<FlowClients.Following> following,
            FlowIngest ingest)
            throws InterruptedException {
        List<Double> alone = new ArrayList<>();
        List<Double> stopped = new ArrayList<>();
        long lost = ingest.lost();
        following.forEach(FlowClients.Following::reset);
        long start = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            Progress.say("flows: observers, round " + round);
            alone.add(share(source, clients));
            List<FlowClients.Following> others = new ArrayList<>();
            for (int other = 0; other < following.size(); other++) {
                others.add(clients.follow("stopped", FlowFilter.getDefaultInstance(), false));
            }
            // Until what waits for them is full.
            long _ = source.tell(FlowSource.Kind.EVERY_PACKET, RATE, seconds);
            stopped.add(share(source, clients));
            others.forEach(FlowClients.Following::cancel);
        }
        double elapsed = (System.nanoTime() - start) / 1e9;
        return new Result(
                nobody,
                alone,
                stopped,
                following.stream()
                        .map(one -> new Observer(one.what(), one.seen() / elapsed, one.lost()))
                        .toList(),
                ingest.lost() - lost);
    }

    /// Tells for a while; how much of a processor all but the program and the clients took, in percent.
    private double share(FlowSource source, FlowClients clients) throws InterruptedException {
        long own = Processor.of(Thread.currentThread());
        long theirs = clients.processorNanos();
        long all = Processor.ofProcess();
        long start = System.nanoTime();
        long _ = source.tell(FlowSource.Kind.EVERY_PACKET, RATE, seconds);
        long elapsed = System.nanoTime() - start;
        long others = Processor.of(Thread.currentThread()) - own + clients.processorNanos() - theirs;
        return 100.0 * (Processor.ofProcess() - all - others) / elapsed;
    }

    /// From one flow in 5,000 to every flow.
    private static Map<String, FlowFilter> filters() {
        Map<String, FlowFilter> filters = new LinkedHashMap<>();
        filters.put("everything", filter().build());
        filters.put("a port of 20", filter().addDestinationPort("8003").build());
        filters.put("a namespace of 50", filter().addSourcePod("ns7/").build());
        filters.put("a pod of 5,000", filter().addDestinationPod("ns7/pod-7").build());
        filters.put(
                "a label that one in 100 has",
                filter().addSourceLabel("app=app7").build());
        filters.put(
                "a workload of 100",
                filter().addDestinationWorkload(Workload.newBuilder().setName("app9"))
                        .build());
        filters.put(
                "a block of 256 addresses", filter().addSourceIp("10.1.3.0/24").build());
        filters.put("an address", filter().addDestinationIp("10.1.4.4").build());
        filters.put("dropped", filter().addVerdict(Verdict.DROPPED).build());
        filters.put(
                "SYN", filter().addTcpFlags(TCPFlags.newBuilder().setSYN(true)).build());
        return filters;
    }

    private static FlowFilter.Builder filter() {
        return FlowFilter.newBuilder();
    }
}
