// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.bench.PacketCostBenchmark.Cost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the page says of [PacketCostBenchmark].
final class PacketCostSection {

    private PacketCostSection() {}

    static Page.Section of(PacketCostBenchmark.Result result) {
        StringBuilder text = new StringBuilder("""
                ## Packets

                Nanoseconds of a program by test runs, TCP: the lower quartile, because other work only makes a run slower. Established: 60 runs at a
                time. New: one run for each connection, which is mostly cold memory; its Service has ten backends. `xdp_lb` does what
                `net_ingress`, the route and `net_egress` do together.

                Lookups in hash tables. An established packet: one in `flows`, whatever the program (`xdp_lb` and replies: see [xdp.md](xdp.md#cost)). A
                new one: `frontends` (for a NodePort twice, and `node_addresses`), `devices` (whose client it is; with masquerade once more, for
                the address), `flows`, an insertion for each entry of the connection (two, with masquerade three), and `flows` again. Beside these,
                in arrays: the level of events, settings of policies and marks of connections (programs of pods), and of a new one the Service, its
                table, the backend (`services`, `slots`, `backends`), and its place among those that may be evicted. This is read from the
                programs, not counted.

                """);
        table(text, "what", result.costs(), false);
        text.append("""

                Where the time of an established packet before the stack goes: each row is a program that does what the row above does, and
                one step more. The last is `xdp_lb` itself, which also accounts, tells and rewrites.

                """);
        table(text, "`xdp_lb`, established", result.costs(), true);
        text.append("\nInstructions that the verifier walks, of a million:\n\n| program | instructions |\n|---|---|\n");
        result.instructions().forEach((program, count) -> text.append("| `%s` | %,d |%n".formatted(program, count)));
        List<Figure> figures = new ArrayList<>();
        for (Cost cost : result.costs()) {
            if (cost.what().startsWith("`xdp_lb`, established")) {
                figures.add(Figure.atMost(
                        "XDP, established, masqueraded, %s, Services: %,d"
                                .formatted(cost.v4() ? "IPv4" : "IPv6", cost.services()),
                        cost.nanos(),
                        120,
                        " ns"));
            }
        }
        return new Page.Section(text.toString(), figures);
    }

    private static void table(StringBuilder text, String head, List<Cost> costs, boolean parts) {
        text.append("| ").append(head).append(" | IPv4, 1 Service | IPv6 | IPv4, 10,000 Services | IPv6 |\n");
        text.append("|---|---|---|---|---|\n");
        Map<String, StringBuilder> rows = new LinkedHashMap<>();
        for (Cost cost : costs) {
            boolean part = PacketCostBenchmark.PARTS.contains(cost.what());
            if (part == parts || (parts && cost.what().startsWith("`xdp_lb`, established"))) {
                rows.computeIfAbsent(name(cost.what()), _ -> new StringBuilder())
                        .append(" %,.0f |".formatted(cost.nanos()));
            }
        }
        if (parts) {
            String whole = rows.keySet().iterator().next();
            StringBuilder cells = rows.remove(whole);
            rows.put("and the rest: all of it", cells);
        }
        rows.forEach((what, cells) ->
                text.append("| ").append(what).append(" |").append(cells).append('\n'));
    }

    private static String name(String what) {
        return switch (what) {
            case "xdp_nothing" -> "nothing: what a test run costs";
            case "xdp_parsed" -> "and reading the packet";
            case "xdp_found" -> "and its connection in `flows`";
            case "xdp_routed" -> "and `bpf_fib_lookup`";
            default -> what;
        };
    }
}
