// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the page says of [SelectCostBenchmark].
final class SelectSection {

    private SelectSection() {}

    static Page.Section of(List<SelectCostBenchmark.Cost> costs) {
        StringBuilder text = new StringBuilder("""
                ## Choosing a backend

                Nanoseconds of one choice by algorithm, from the Service's index to the backend: a test run of the programs' own function
                makes a thousand of them. Clients differ from one choice to the next. Weights are 1, 2 and 3. Each backend has some open connections.

                | algorithm | 1 backend | 100 | 1,000 | IPv6, 1 backend | IPv6, 100 | IPv6, 1,000 |
                |---|---|---|---|---|---|---|
                """);
        Map<String, StringBuilder> rows = new LinkedHashMap<>();
        costs.forEach(cost ->
                rows.computeIfAbsent(cost.what(), _ -> new StringBuilder()).append(" %,.0f |".formatted(cost.nanos())));
        rows.forEach((what, cells) ->
                text.append("| ").append(what).append(" |").append(cells).append('\n'));
        return new Page.Section(text.toString(), List.of());
    }
}
