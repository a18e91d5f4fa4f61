// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.BpfObject;
import io.culvert.loader.TestRun;
import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoad;
import io.culvert.maps.BackendLoad.Count;
import io.culvert.maps.Extent;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.selection.Selection;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the choice of a backend costs by its algorithm, by test runs of a program that makes a thousand of them with
/// the programs' own function: from the Service's index to the backend.
final class SelectCostBenchmark {

    static final List<Integer> BACKENDS = List.of(1, 100, 1_000);

    /// As in `select_cost.c`.
    private static final int CHOICES = 1_000;

    private static final String PROGRAM = "select_cost";
    private static final int SLOTS = 1 << 18;

    /// `cb` of `struct __sk_buff`, and the end of it.
    private static final int CB = 48;

    private static final int CONTEXT = 68;
    private static final byte[] PACKET = PacketBuilder.ethernet()
            .ip("10.1.0.2", "10.96.0.1")
            .tcp(40000, 80, TcpFlag.SYN)
            .toBytes();

    private final Path root;
    private final int rounds;

    /// @param root of the checkout, whose headers say how programs choose
    SelectCostBenchmark(Path root, int rounds) {
        this.root = root;
        this.rounds = rounds;
    }

    /// A Service that is measured.
    ///
    /// @param weighted whether backends have unequal weights
    private record Case(Algorithm algorithm, boolean weighted, int backends, boolean v4) {

        String what() {
            return algorithm + (weighted ? ", weights" : "");
        }
    }

    /// Nanoseconds a choice, the median over the rounds.
    record Cost(String what, int backends, boolean v4, double nanos) {}

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean v4 : new boolean[] {true, false}) {
            for (Algorithm algorithm : Algorithm.values()) {
                for (int backends : BACKENDS) {
                    cases.add(new Case(algorithm, false, backends, v4));
                    if (algorithm == Algorithm.RANDOM || algorithm == Algorithm.WEIGHTED_ROUND_ROBIN) {
                        cases.add(new Case(algorithm, true, backends, v4));
                    }
                }
            }
        }
        return cases;
    }

    List<Cost> run() throws IOException {
        try (BpfObject object =
                BpfObject.open(PROGRAM, BenchProgram.compile(root, PROGRAM)).maxEntries(Tables.SLOTS.name(), SLOTS)) {
            object.load();
            try (BenchTables tables = new BenchTables(object::map)) {
                return measure(object, tables);
            }
        }
    }

    private static List<Integer> publish(BenchTables tables, List<Case> cases) {
        return cases.stream().map(one -> publish(tables, one)).toList();
    }

    /// Cases take turns in every round.
    private List<Cost> measure(BpfObject object, BenchTables tables) {
        List<Case> cases = cases();
        List<Integer> services = publish(tables, cases);
        List<List<Double>> nanos = new ArrayList<>();
        cases.forEach(_ -> nanos.add(new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            Progress.say("select: round " + round);
            for (int i = 0; i < cases.size(); i++) {
                nanos.get(i).add(nanos(object, services.get(i), cases.get(i)));
            }
        }
        List<Cost> costs = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case one = cases.get(i);
            costs.add(new Cost(one.what(), one.backends(), one.v4(), Median.of(nanos.get(i))));
        }
        return costs;
    }

    private static double nanos(BpfObject object, int service, Case one) {
        ByteBuffer context = ByteBuffer.allocate(CONTEXT).order(ByteOrder.nativeOrder());
        context.putInt(CB, service).putInt(CB + Integer.BYTES, one.v4() ? 1 : 0);
        boolean all = one.algorithm().countsConnections() && one.algorithm() != Algorithm.POWER_OF_TWO;
        int repeat = all ? Math.max(1, 100 / one.backends()) : 100;
        TestRun run = object.program(PROGRAM).testRun(PACKET, context.array(), repeat);
        int chosen =
                ByteBuffer.wrap(run.context()).order(ByteOrder.nativeOrder()).getInt(CB + 2 * Integer.BYTES);
        if (chosen != CHOICES) {
            throw new IllegalStateException("of %d choices of %s %d found a backend".formatted(CHOICES, one, chosen));
        }
        return run.nanosPerRun() / (double) CHOICES;
    }

    /// Each backend has some open connections.
    private static int publish(BenchTables tables, Case one) {
        int service = tables.extents().reserve();
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; i < one.backends(); i++) {
            IpAddress address =
                    one.v4() ? IpAddress.ofV4(0x0a010000 + i) : IpAddress.of("fd00:1::" + Integer.toHexString(i));
            int id = tables.ids().allocate();
            backends.add(new Backend(address, 8080, one.weighted() ? 1 + i % 3 : 1, id, 0, false, false));
            tables.put(
                    Tables.BACKEND_LOADS,
                    BackendIds.index(id),
                    new BackendLoad(new Count(id, 1 + i % 7), new Count(id, 0)));
        }
        Extent extent = new Extent(service, 0, 0, 0, one.backends(), 0, one.algorithm(), false, false, backends);
        tables.extents()
                .publish(extent.withTables(Selection.tables(one.algorithm(), extent.cluster(), extent.local())));
        return service;
    }
}
