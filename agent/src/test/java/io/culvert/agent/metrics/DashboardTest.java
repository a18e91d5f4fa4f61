// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `deploy/grafana-dashboard.json` asks for nothing that the agent does not have.
final class DashboardTest {

    private static final Path DASHBOARD = Path.of("..", "deploy", "grafana-dashboard.json");
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern METRIC = Pattern.compile("\\b(?:culvert|kubeproxy|hubble|cilium|jvm|process)_[a-z_]+");

    private static Set<String> known() throws IOException {
        return Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (?:counter|gauge|histogram|summary) ")
                .matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(DASHBOARD.toFile());
    }

    @Test
    void everyMetricThatItAsksForIsOnThePage() throws IOException {
        Set<String> known = known();
        for (JsonNode expression : dashboard().findValues("expr")) {
            Set<String> asked = METRIC.matcher(expression.asText())
                    .results()
                    .map(MatchResult::group)
                    .map(name -> name.replaceFirst("_seconds_(bucket|sum|count)$", "_seconds"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(asked).as(expression.asText()).isNotEmpty().isSubsetOf(known);
        }
    }

    @Test
    void panelsHaveNumbersOfTheirOwnAndDoNotOverlap() throws IOException {
        JsonNode panels = dashboard().get("panels");
        boolean[][] taken = new boolean[1000][24];
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : panels) {
            assertThat(ids.add(panel.get("id").asInt())).as(panel.toString()).isTrue();
            JsonNode place = panel.get("gridPos");
            for (int row = 0; row < place.get("h").asInt(); row++) {
                for (int column = 0; column < place.get("w").asInt(); column++) {
                    int y = place.get("y").asInt() + row;
                    int x = place.get("x").asInt() + column;
                    assertThat(taken[y][x])
                            .as("%s at %d, %d", panel.get("title"), x, y)
                            .isFalse();
                    taken[y][x] = true;
                }
            }
        }
        assertThat(ids).hasSizeGreaterThan(20);
    }
}
