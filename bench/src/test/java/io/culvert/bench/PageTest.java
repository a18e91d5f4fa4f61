// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PageTest {

    /// Rates that tell whose they are.
    private static TrafficBenchmark.Series series(int services, LoadMode mode, List<Contender> contenders) {
        Map<Contender, List<Double>> rates = new EnumMap<>(Contender.class);
        contenders.forEach(contender -> rates.put(contender, List.of(1_000.0 + contenders.indexOf(contender))));
        return new TrafficBenchmark.Series(services, mode, new Rates(rates));
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void everyNumberIsInTheColumnOfItsContender(boolean ipvs, boolean kubeProxy) {
        List<Contender> contenders = TrafficBenchmark.contenders(ipvs, kubeProxy);
        List<TrafficBenchmark.Series> all = new ArrayList<>();
        for (LoadMode mode : LoadMode.ALL) {
            all.add(series(1, mode, contenders));
            all.add(series(10_000, mode, contenders));
        }
        Page page = new Page("sudo ./culvert bench");
        page.traffic(all);

        List<String> table =
                page.text().lines().filter(line -> line.startsWith("|")).toList();
        List<String> head = cells(table.getFirst());
        assertThat(head).hasSize(2 + contenders.size()).startsWith("mode", "Services", "direct", "Culvert");
        assertThat(head.contains("IPVS")).isEqualTo(ipvs);
        assertThat(head.contains("kube-proxy")).isEqualTo(kubeProxy);
        assertThat(cells(table.get(1))).hasSameSizeAs(head).containsOnly("---");
        for (String line : table.subList(2, 2 + all.size())) {
            assertThat(cells(line)).hasSameSizeAs(head);
            for (Contender contender : contenders) {
                assertThat(cells(line).get(head.indexOf(contender.title())))
                        .startsWith("%,d".formatted(1_000 + contenders.indexOf(contender)));
            }
        }
        assertThat(page.text().contains("IPVS: not measured,")).isEqualTo(!ipvs);
    }

    @Test
    void theCommandIsTheOneThatWasGiven() {
        assertThat(new Page("sudo ./culvert bench --kube-proxy .../kube-proxy").text())
                .contains("```\nsudo ./culvert bench --kube-proxy .../kube-proxy\n```");
    }
}
