// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.servicelb.ApplyResult;
import io.culvert.servicelb.ProgrammingLatency.Observation;
import io.culvert.servicelb.WriteTotals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What `/metrics` prints.
final class AgentMetricsTest {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    private final ProbeCounts probes = new ProbeCounts();
    private Reading reading = Readings.busy(probes);
    private final AgentMetrics metrics = new AgentMetrics(() -> reading, true);

    private static ApplyResult result(Duration took, boolean full) {
        return new ApplyResult(new WriteTotals(1, 1, 1, 0, 1, 0, 0), 0, full, took);
    }

    private List<String> bounds(String histogram) {
        return Pattern.compile("(?m)^" + histogram + "_bucket\\{ip_family=\"IPv4\",le=\"([^\"]+)\"}")
                .matcher(metrics.scrape())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void A15_02_A15_03_A15_12_syncsAreMeasuredWithKubeProxysBuckets() {
        metrics.synced(result(Duration.ofMillis(3), true));
        metrics.synced(result(Duration.ofMillis(1), false));

        assertThat(metrics.scrape())
                .contains("\nkubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 2\n")
                .contains("\nkubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv6\"} 2\n")
                .contains("\nkubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.002\"} 1\n")
                .contains("\nkubeproxy_sync_full_proxy_rules_duration_seconds_sum{ip_family=\"IPv4\"} 0.003\n")
                .contains("\nkubeproxy_sync_partial_proxy_rules_duration_seconds_sum{ip_family=\"IPv4\"} 0.001\n");
        assertThat(bounds("kubeproxy_sync_proxy_rules_duration_seconds"))
                .containsExactly(
                        "0.001", "0.002", "0.004", "0.008", "0.016", "0.032", "0.064", "0.128", "0.256", "0.512",
                        "1.024", "2.048", "4.096", "8.192", "16.384", "+Inf");
    }

    @Test
    void A15_05_A14_10_networkProgrammingLatencyHasKubeProxysBuckets() {
        metrics.programmed(List.of(new Observation(IpFamily.IPV4, Duration.ofMillis(300))));

        assertThat(metrics.scrape())
                .contains("kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.25\"} 0\n")
                .contains("kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.5\"} 1\n")
                .contains("kubeproxy_network_programming_duration_seconds_count{ip_family=\"IPv6\"} 0\n");
        assertThat(bounds("kubeproxy_network_programming_duration_seconds"))
                .hasSize(2 + 59 + 12 + 7 + 1)
                .startsWith("0.25", "0.5", "1.0", "2.0")
                .contains("59.0", "60.0", "65.0", "115.0", "120.0", "150.0")
                .endsWith("300.0", "+Inf");
    }

    @Test
    void A15_04_A15_06_A15_07_A15_08_theRestOfKubeProxysMetrics() {
        probes.healthz().add(200);
        probes.healthz().add(503);
        probes.livez().add(200);

        assertThat(metrics.scrape())
                .contains("\nkubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv4\"} 1.7000000005E9\n")
                .contains(
                        "\nkubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family=\"IPv6\"} 1.700000001E9\n")
                .contains("\nkubeproxy_sync_proxy_rules_endpoint_changes_pending 2.0\n")
                .contains("\nkubeproxy_sync_proxy_rules_endpoint_changes_total 20.0\n")
                .contains("\nkubeproxy_sync_proxy_rules_service_changes_pending 3.0\n")
                .contains("\nkubeproxy_sync_proxy_rules_service_changes_total 30.0\n")
                .contains("no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"internal\"} 1.0\n")
                .contains("no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"external\"} 0.0\n")
                .contains("\nkubeproxy_proxy_healthz_total{code=\"200\"} 1.0\n")
                .contains("\nkubeproxy_proxy_healthz_total{code=\"503\"} 1.0\n")
                .contains("\nkubeproxy_proxy_livez_total{code=\"200\"} 1.0\n");
    }

    @Test
    void mapsDropsAndTroublesHaveTheirRowsWhileThereAreAny() {
        assertThat(metrics.scrape())
                .contains("\nculvert_map_entries{map=\"frontends\"} 12.0\n")
                .contains("\nculvert_map_capacity{map=\"frontends\"} 16.0\n")
                .contains("\nculvert_map_pressure_ratio{map=\"frontends\"} 0.75\n")
                .contains("\nculvert_drops_total{reason=\"no_backend\"} 9.0\n")
                .contains("\nculvert_drop_bytes_total{reason=\"no_backend\"} 540.0\n")
                .contains("\nculvert_drops_total{reason=\"write_error\"} 0.0\n")
                .contains("\nculvert_service_problems{namespace=\"default\",service=\"web\",state=\"error\"} 1.0\n");

        reading = Readings.troubleFree(reading);
        System.gc();
        assertThat(metrics.scrape())
                .doesNotContain("culvert_service_problems{")
                .contains("no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"internal\"} 0.0\n")
                .contains("\nculvert_services 7.0\n");
    }

    @Test
    void A15_10_A15_11_nothingOfOtherModesIsPretended() {
        assertThat(metrics.scrape()).doesNotContain("iptables", "nftables", "ipvs", "reconciler");
    }

    @Test
    void flowsAreCountedUnderOurNames() {
        assertThat(metrics.scrape())
                .contains("\nculvert_flows_total{hook=\"from_pod\",kind=\"trace\",verdict=\"forwarded\"} 1.0\n")
                .contains("\nculvert_flow_drops_total{direction=\"ingress\",reason=\"policy_denied\"} 1.0\n")
                .contains("\nculvert_flow_drop_bytes_total{direction=\"egress\",reason=\"no_local_backend\"} 60.0\n")
                .contains("\nculvert_policy_verdicts_total{action=\"dropped\",direction=\"ingress\"} 1.0\n")
                .contains("\nculvert_service_connections_total{namespace=\"shop\",service=\"web\"} 1.0\n")
                .contains(
                        "\nculvert_service_bytes_total{direction=\"request\",namespace=\"shop\",service=\"web\"} 700.0\n")
                .contains(
                        "\nculvert_service_bytes_total{direction=\"reply\",namespace=\"shop\",service=\"web\"} 9000.0\n")
                .contains("\nculvert_service_drops_total{namespace=\"shop\",service=\"web\"} 1.0\n")
                .contains("\nculvert_flow_events_lost_total{kind=\"drop\"} 11.0\n")
                .contains("\nculvert_flow_events_lost_total{kind=\"close\"} 0.0\n")
                .contains("\nculvert_flow_observer_missed_total 5.0\n")
                .contains("\nculvert_flow_file_lines_total 9.0\n")
                .contains("\nculvert_flow_file_lost_total 10.0\n")
                .contains("\nculvert_flow_otlp_sent_total 7.0\n")
                .contains("\nculvert_flow_otlp_lost_total 8.0\n")
                .contains("\nculvert_flow_store_flows 6.0\n");
    }

    @Test
    void dashboardsOfHubbleAndCiliumFindTheirNames() {
        assertThat(metrics.scrape())
                .contains("\nhubble_flows_processed_total{protocol=\"TCP\",subtype=\"from-endpoint\","
                        + "type=\"Trace\",verdict=\"FORWARDED\"} 2.0\n")
                .contains("\nhubble_drop_total{protocol=\"TCP\",reason=\"POLICY_DENIED\"} 1.0\n")
                .contains("\nhubble_drop_total{protocol=\"UDP\",reason=\"SERVICE_BACKEND_NOT_FOUND\"} 1.0\n")
                .contains("\nhubble_tcp_flags_total{family=\"IPv4\",flag=\"SYN\"} 1.0\n")
                .contains("\nhubble_tcp_flags_total{family=\"IPv6\",flag=\"RST\"} 0.0\n")
                .contains("\nhubble_icmp_total{family=\"IPv4\",type=\"EchoRequest\"} 1.0\n")
                .contains("\nhubble_port_distribution_total{port=\"80\",protocol=\"TCP\"} 2.0\n")
                .contains("\nhubble_policy_verdicts_total{action=\"dropped\",direction=\"ingress\"} 1.0\n")
                .contains("\nhubble_lost_events_total{source=\"PERF_EVENT_RING_BUFFER\"} 12.0\n")
                .contains("\nhubble_lost_events_total{source=\"HUBBLE_RING_BUFFER\"} 5.0\n")
                .contains("\ncilium_drop_count_total{direction=\"INGRESS\",reason=\"Policy denied\"} 1.0\n")
                .contains("\ncilium_bpf_map_pressure{map_name=\"frontends\"} 0.75\n")
                .contains("\ncilium_policy 3.0\n")
                .contains("\ncilium_endpoint 5.0\n");
    }

    @Test
    void countersGoOnAfterACollectionOfGarbage() {
        String before = flowLines();
        System.gc();
        assertThat(flowLines()).isEqualTo(before).isNotEmpty();
    }

    private String flowLines() {
        return metrics.scrape()
                .lines()
                .filter(line -> line.matches("(culvert_flow|culvert_service_|hubble_|cilium_).*"))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    @Test
    void withoutAnAddressToAskNothingIsKept() {
        AgentMetrics off = new AgentMetrics(
                () -> {
                    throw new AssertionError("read");
                },
                false);
        off.synced(result(Duration.ofMillis(3), true));
        off.start();
    }

    /// Rows of the page are `| name | type | unit | labels | meaning |`.
    @Test
    void thePageListsEveryMetricWithItsTypeAndLabelsAndNoOther() throws IOException {
        Map<String, String> listed = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            String[] cells = line.split("\\|");
            if (line.startsWith("| `") && cells.length == 6) {
                assertThat(cells[5]).as(line).isNotBlank();
                String unit = cells[3].strip();
                String name = cells[1].strip().replace("`", "");
                assertThat(unit.equals("s")).as(line).isEqualTo(name.contains("seconds"));
                listed.put(name, cells[2].strip() + " " + labels(cells[4], "`([a-z_]+)`", _ -> true));
            }
        }

        // What is printed of collections begins with the first one that is noticed.
        var _ = metrics.scrape();
        await().until(() -> {
            System.gc();
            return metrics.scrape().contains("jvm_gc_pause_seconds");
        });
        assertThat(printed(metrics.scrape())).isEqualTo(listed);
    }

    private static Map<String, String> printed(String text) {
        Map<String, String> metrics = new TreeMap<>();
        Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$").matcher(text).results().forEach(type -> {
            String sample = Pattern.compile("(?m)^" + type.group(1) + "(_bucket|_count)?(\\{[^}]*})? ")
                    .matcher(text)
                    .results()
                    .findFirst()
                    .map(MatchResult::group)
                    .orElseThrow();
            metrics.put(
                    type.group(1), type.group(2) + " " + labels(sample, "([a-z_]+)=", label -> !label.equals("le")));
        });
        return metrics;
    }

    private static String labels(String text, String pattern, Predicate<String> wanted) {
        Stream<String> names = Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1));
        return new TreeSet<>(names.filter(wanted).collect(Collectors.toSet())).toString();
    }
}
