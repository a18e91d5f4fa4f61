// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/// A counter whose rows come when they are first met, and go when nobody has them any more.
final class CounterRows {

    private final MeterRegistry registry;
    private final String name;
    private final String help;
    private final Map<Tags, Row> rows = new HashMap<>();

    /// What Micrometer reads; it holds it by a weak reference.
    private static final class Row {

        private volatile double value;
    }

    CounterRows(MeterRegistry registry, String name, String help) {
        this.registry = registry;
        this.name = name;
        this.help = help;
    }

    /// Sets every row; what is not in `values` goes.
    void set(Map<Tags, Double> values) {
        rows.entrySet().removeIf(entry -> !values.containsKey(entry.getKey()) && removed(entry.getKey()));
        values.forEach((tags, value) -> rows.computeIfAbsent(tags, this::registered).value = value);
    }

    private Row registered(Tags tags) {
        Row row = new Row();
        FunctionCounter.builder(name, row, counted -> counted.value)
                .description(help)
                .tags(tags)
                .register(registry);
        return row;
    }

    private boolean removed(Tags tags) {
        var counter = registry.find(name).tags(tags).functionCounter();
        if (counter != null) {
            registry.remove(counter);
        }
        return true;
    }
}
