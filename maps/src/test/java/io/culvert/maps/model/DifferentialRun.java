// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/// One thread's packets: each meets a program and the model.
final class DifferentialRun {

    /// Packets between two looks at the maps.
    private static final int LOOK = Integer.getInteger("fuzz.look", 32);

    /// Packets between two events.
    private static final int EVENT = 40;

    /// How many packets and events a failure shows.
    private static final int SHOWN = LOOK + 8;

    private final Random random;
    private final Kernel kernel;
    private final DatapathModel model;
    private final BeforeStack beforeStack;
    private final Scenario scenario;
    private final Traffic traffic;
    private final Deque<Object> trace = new ArrayDeque<>();
    private final Map<Hook, Long> packets = new EnumMap<>(Hook.class);
    private final Map<String, Long> outcomes;
    private long step;

    /// Shown only if something fails.
    private record Step(long number, Frame frame) {

        @Override
        public String toString() {
            return number + ": " + frame;
        }
    }

    DifferentialRun(long seed, Settings settings, Kernel kernel, Map<String, Long> outcomes) {
        this.random = new Random(seed);
        this.kernel = kernel;
        this.outcomes = outcomes;
        Network network = new Network(settings);
        Site.describe(network);
        this.model = new DatapathModel(network, kernel);
        this.beforeStack = new BeforeStack(kernel, model);
        this.scenario = new Scenario(random, kernel, model);
        this.traffic = new Traffic(random, model, scenario);
    }

    /// Goes on until each program has met so many packets.
    ///
    /// @return how many that were in all
    long run(long packetsOfEach) {
        try {
            while (packets.size() < Hook.values().length
                    || packets.values().stream().anyMatch(count -> count < packetsOfEach)) {
                turn();
            }
            Comparison.compare(kernel, model);
        } catch (AssertionError | RuntimeException e) {
            throw new Disagreement(failure(e));
        }
        return step;
    }

    private void turn() {
        if (random.nextInt(EVENT) == 0) {
            remember(scenario.happen());
        }
        Frame frame = traffic.next();
        step++;
        remember(new Step(step, frame));
        packets.merge(frame.hook(), 1L, Long::sum);
        if (frame.hook() == Hook.NET_INGRESS && random.nextBoolean() && beforeStack.takes(frame)) {
            remember("taken before the stack");
            outcomes.merge("before the stack", 1L, Long::sum);
        } else {
            meet(frame);
        }
        if (step % LOOK == 0) {
            Comparison.compare(kernel, model);
        }
    }

    private void meet(Frame frame) {
        int verdict = kernel.run(frame);
        Outcome expected = model.meet(frame, verdict);
        remember(expected);
        check(expected, verdict);
        outcomes.merge(expected.why(), 1L, Long::sum);
    }

    private void check(Outcome expected, int verdict) {
        if (verdict != expected.verdict()) {
            throw new Disagreement("verdict " + verdict + ", not " + expected.verdict());
        }
        if (verdict == Outcome.DROP) {
            return;
        }
        byte[] packet = kernel.packet();
        if (!Translation.same(expected.bytes(), packet)) {
            throw new Disagreement("another packet came out: " + HexFormat.of().formatHex(packet));
        }
    }

    private void remember(Object what) {
        trace.add(what);
        if (trace.size() > 2 * SHOWN) {
            trace.removeFirst();
        }
    }

    /// What went wrong comes first and last, because a log may be cut at either end.
    private String failure(Throwable e) {
        String fault = "step " + step + ", " + model.network.settings + ", " + kernel.opened() + ": " + e + "\n";
        StringBuilder text = new StringBuilder(fault);
        if (!(e instanceof Disagreement)) {
            text.append(Arrays.toString(e.getStackTrace())).append('\n');
        }
        text.append("what happened before, and what was expected:\n");
        trace.forEach(line -> text.append("  ").append(line).append('\n'));
        return text.append(fault).toString();
    }
}
