// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What flags become.
final class FlowWishesTest {

    private static FlowWishes wishes(String flags) {
        FlowWishes wishes = new FlowWishes();
        Iterator<String> words = Arrays.asList(flags.split(" ")).iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (word.equals("--not")) {
                wishes.not();
                continue;
            }
            FilterFlag flag = FilterFlag.all().stream()
                    .filter(candidate -> candidate.names().contains(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(word));
            wishes.add(flag, flag.hasValue() ? words.next() : "");
        }
        return wishes;
    }

    private static List<String> lines(String flags) {
        return new FlowQuestion(wishes(flags), List.of(), List.of()).filterLines();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        --pod web                        | {"source_pod":["web"]} & {"destination_pod":["web"]}
        --from-pod a/x --to-pod b/y      | {"source_pod":["a/x"],"destination_pod":["b/y"]}
        --from-pod a/x --from-pod a/y    | {"source_pod":["a/x","a/y"]}
        -n shop                          | {"source_pod":["shop/"]} & {"destination_pod":["shop/"]}
        -n a --namespace b               | {"source_pod":["a/","b/"]} & {"destination_pod":["a/","b/"]}
        -n shop --pod web                | {"source_pod":["shop/web"]} & {"destination_pod":["shop/web"]}
        --pod web -n shop                | {"source_pod":["shop/web"]} & {"destination_pod":["shop/web"]}
        -n shop --service web            | {"source_service":["shop/web"]} & {"destination_service":["shop/web"]}
        --to-namespace a --to-service s  | {"destination_service":["a/s"]}
        --from-namespace a --to-ip ::1   | {"source_pod":["a/"],"destination_ip":["::1"]}
        -A --pod web                     | {"source_pod":["/web"]} & {"destination_pod":["/web"]}
        -A                               | {"source_pod":["/"]} & {"destination_pod":["/"]}
        --ip 10.0.0.1                    | {"source_ip":["10.0.0.1"]} & {"destination_ip":["10.0.0.1"]}
        --port 80 --protocol tcp         | {"protocol":["tcp"],"source_port":["80"]} & {"protocol":["tcp"],"destination_port":["80"]}
        -l app=web                       | {"source_label":["app=web"]} & {"destination_label":["app=web"]}
        --to-identity world              | {"destination_identity":[2]}
        --from-workload Deployment/web   | {"source_workload":[{"name":"web","kind":"Deployment"}]}
        --verdict dropped --verdict AUDIT| {"verdict":["DROPPED","AUDIT"]}
        -t drop                          | {"event_type":[{"type":1}]}
        --type trace:to-endpoint         | {"event_type":[{"type":4,"match_sub_type":true}]}
        --type trace:from-network        | {"event_type":[{"type":4,"match_sub_type":true,"sub_type":10}]}
        --type 129                       | {"event_type":[{"type":129}]}
        --drop-reason-desc POLICY_DENIED | {"drop_reason_desc":["POLICY_DENIED"]}
        --tcp-flags syn,ACK              | {"tcp_flags":[{"SYN":true,"ACK":true}]}
        --traffic-direction ingress      | {"traffic_direction":["INGRESS"]}
        --reply                          | {"reply":[true]}
        -4                               | {"ip_version":["IPv4"]}
        --ipv6                           | {"ip_version":["IPv6"]}
        --ip-version v6                  | {"ip_version":["IPv6"]}
        --interface eth0                 | {"interface":[{"name":"eth0"}]}
        --node-name n*                   | {"node_name":["n*"]}
        --uuid x                         | {"uuid":["x"]}
        --snat-ip 10.0.0.1               | {"source_ip_xlated":["10.0.0.1"]}
        --unencrypted                    | {"encrypted":[false]}
        --http-header a:b                | {"http_header":[{"key":"a","value":"b"}]}
        --from-namespace a               | {"source_pod":["a/"]}
        --to-namespace b                 | {"destination_pod":["b/"]}
        --from-all-namespaces            | {"source_pod":["/"]}
        --to-all-namespaces              | {"destination_pod":["/"]}
        --from-service a/s               | {"source_service":["a/s"]}
        --from-ip 10.0.0.0/8             | {"source_ip":["10.0.0.0/8"]}
        --from-port 1 --to-port 2        | {"source_port":["1"],"destination_port":["2"]}
        --from-label a=b --to-label c    | {"source_label":["a=b"],"destination_label":["c"]}
        --workload web                   | {"source_workload":[{"name":"web"}]} & {"destination_workload":[{"name":"web"}]}
        --to-workload Job/j              | {"destination_workload":[{"name":"j","kind":"Job"}]}
        --identity 7                     | {"source_identity":[7]} & {"destination_identity":[7]}
        --from-identity host             | {"source_identity":[1]}
        --from-fqdn a --to-fqdn b        | {"source_fqdn":["a"],"destination_fqdn":["b"]}
        --cluster c                      | {"source_cluster_name":["c"]} & {"destination_cluster_name":["c"]}
        --from-cluster c --to-cluster d  | {"source_cluster_name":["c"],"destination_cluster_name":["d"]}
        --ipv4                           | {"ip_version":["IPv4"]}
        -6                               | {"ip_version":["IPv6"]}
        --node-label a=b                 | {"node_labels":["a=b"]}
        --encrypted                      | {"encrypted":[true]}
        --trace-id 4bf92f                | {"trace_id":["4bf92f"]}
        --ip-trace-id 9                  | {"ip_trace_id":["9"]}
        --http-status 5+                 | {"http_status_code":["5+"]}
        --http-method GET                | {"http_method":["GET"]}
        --http-path /a.*                 | {"http_path":["/a.*"]}
        --http-url .*b                   | {"http_url":[".*b"]}
        --cel-expression true            | {"experimental":{"cel_expression":["true"]}}
        --fqdn *.a                       | {"source_fqdn":["*.a"]} & {"destination_fqdn":["*.a"]}
        """)
    void flagsBecomeFilters(String flags, String filters) {
        List<String> lines = lines(flags);

        assertThat(lines.getFirst()).isEqualTo("allowlist:");
        assertThat(lines.subList(1, lines.size()))
                .containsExactlyElementsOf(Arrays.stream(filters.split(" & "))
                        .map(filter -> "    - '" + filter + "'")
                        .toList());
    }

    @Test
    void eachFlagIsInTheTable() throws NoSuchMethodException {
        List<String> words = Arrays.asList(FlowWishesTest.class
                .getDeclaredMethod("flagsBecomeFilters", String.class, String.class)
                .getAnnotation(CsvSource.class)
                .textBlock()
                .split("\\s+"));

        assertThat(FilterFlag.all()).allSatisfy(flag -> assertThat(flag.names()).containsAnyElementsOf(words));
    }

    @Test
    void notTurnsTheNextFlagOnly() {
        assertThat(lines("--not --from-pod a/x --verdict DROPPED --not --protocol udp"))
                .containsExactly(
                        "allowlist:",
                        "    - '{\"verdict\":[\"DROPPED\"]}'",
                        "denylist:",
                        "    - '{\"source_pod\":[\"a/x\"],\"protocol\":[\"udp\"]}'");
    }

    @Test
    void rawFiltersAreAdded() {
        FlowQuestion question = new FlowQuestion(
                wishes("--protocol udp"), List.of("{\"verdict\":[\"DROPPED\"]}"), List.of("{\"uuid\":[\"it's\"]}"));

        assertThat(question.filterLines())
                .containsExactly(
                        "allowlist:",
                        "    - '{\"protocol\":[\"udp\"]}'",
                        "    - '{\"verdict\":[\"DROPPED\"]}'",
                        "denylist:",
                        "    - '{\"uuid\":[\"it''s\"]}'");
        assertThatThrownBy(() -> new FlowQuestion(new FlowWishes(), List.of("{\"verdikt\":1}"), List.of()))
                .isInstanceOf(ObserveException.class)
                .hasMessageStartingWith("--allowlist {\"verdikt\":1}: not a FlowFilter in JSON")
                .hasMessageContaining("verdikt");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --verdict MAYBE               | --verdict MAYBE: one of VERDICT_UNKNOWN, FORWARDED
        --type trace:nowhere          | --type trace:nowhere: after the colon a number
        --type shape                  | --type shape: one of capture, drop
        --tcp-flags SIN               | --tcp-flags SIN: names of FIN, SYN
        --identity me                 | --identity me: a number, or one of unknown, host
        --ip-version 5                | --ip-version 5: one of v4
        --traffic-direction up        | --traffic-direction up: one of INGRESS, EGRESS
        --drop-reason-desc NO         | --drop-reason-desc NO: one of
        --ip-trace-id 0               | --ip-trace-id 0: a number above 0
        --http-header a               | --http-header a: write name:value
        --not --not --uuid x          | --not --not: say it once
        --uuid x --not                | --not at the end
        --pod a --from-pod b          | --from-pod and --pod cannot be combined
        -n a --to-service b           | --to-service and --namespace cannot be combined
        --from-ip 1.1.1.1 --from-pod b| --from-ip and --from-pod cannot be combined
        --port 1 --to-port 2          | --port and --to-port cannot be combined
        """)
    void mistakesAreTold(String flags, String message) {
        assertThatThrownBy(() -> lines(flags))
                .isInstanceOf(ObserveException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void noFlagIsThereTwice() {
        List<String> names =
                FilterFlag.all().stream().flatMap(flag -> flag.names().stream()).toList();

        assertThat(names).doesNotHaveDuplicates();
    }
}
