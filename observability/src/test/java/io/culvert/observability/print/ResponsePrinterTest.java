// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormat.ParseException;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.GetFlowsResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What users of `hubble observe` see.
final class ResponsePrinterTest {

    private static final String WEB = """
            flow {
              time { seconds: 1780999872 nanos: 345678901 }
              verdict: FORWARDED node_name: 'default/n1'
              IP { source: '10.1.0.2' destination: '10.96.0.10' ipVersion: IPv4 }
              l4 { TCP { source_port: 40312 destination_port: 80 flags { SYN: true } } }
              source { identity: 2341 namespace: 'default' pod_name: 'client' }
              destination { identity: 4411 namespace: 'default' pod_name: 'web' }
              destination_service { namespace: 'default' name: 'shop' }
              event_type { type: 4 } is_reply { } Summary: 'TCP Flags: SYN'
            }
            """;

    private final List<String> lines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private static GetFlowsResponse response(String text) {
        try {
            return TextFormat.parse(text, GetFlowsResponse.class);
        } catch (ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static GetFlowsResponse changed(String text) {
        return response(WEB).toBuilder().mergeFrom(response(text)).build();
    }

    private List<String> print(OutputFormat format, PrintOptions options, GetFlowsResponse... responses) {
        lines.clear();
        ResponsePrinter printer = new ResponsePrinter(format, options, lines::add, notes::add);
        for (GetFlowsResponse response : responses) {
            printer.print(response);
        }
        printer.end();
        return List.copyOf(lines);
    }

    private String compact(String change) {
        return print(OutputFormat.COMPACT, PrintOptions.PLAIN, changed(change)).getFirst();
    }

    @Test
    void aFlowIsALine() {
        assertThat(compact(""))
                .isEqualTo("Jun  9 10:11:12.345: default/client:40312 (ID:2341) -> default/web:80 (ID:4411) to-endpoint"
                        + " FORWARDED (TCP Flags: SYN)");
    }

    @Test
    void repliesAreTurned() {
        assertThat(compact("flow { is_reply { value: true } Summary: 'TCP Flags: SYN, ACK' }"))
                .isEqualTo("Jun  9 10:11:12.345: default/web:80 (ID:4411) <- default/client:40312 (ID:2341) to-endpoint"
                        + " FORWARDED (TCP Flags: SYN, ACK)");
        GetFlowsResponse.Builder unknown = response(WEB).toBuilder();
        unknown.getFlowBuilder().clearIsReply();
        assertThat(print(OutputFormat.COMPACT, PrintOptions.PLAIN, unknown.build())
                        .getFirst())
                .contains("default/client:40312 (ID:2341) <> default/web:80");
    }

    @Test
    void whoIsNoPodIsAServiceOrAnAddress() {
        String stranger =
                "flow { source { identity: 2 } destination { } IP { source: 'fd00::1' destination: 'fd00::2' } }";
        GetFlowsResponse.Builder response = response(WEB).toBuilder();
        response.getFlowBuilder().clearSource().clearDestination();
        response.mergeFrom(response(stranger));
        assertThat(print(OutputFormat.COMPACT, PrintOptions.PLAIN, response.build())
                        .getFirst())
                .contains(" [fd00::1]:40312 (world) -> default/shop:80 to-endpoint ");
        response.getFlowBuilder().clearDestinationService().clearL4();
        assertThat(print(OutputFormat.COMPACT, PrintOptions.PLAIN, response.build())
                        .getFirst())
                .contains(" fd00::1 (world) -> fd00::2 to-endpoint ");
    }

    @Test
    void typesAndVerdictsAreWords() {
        assertThat(compact("flow { verdict: DROPPED event_type { type: 1 sub_type: 158 } }"))
                .contains(" Service backend not found DROPPED ");
        assertThat(compact("flow { verdict: DROPPED event_type { type: 1 sub_type: 250 } }"))
                .contains(" 250 (unknown) DROPPED ");
        assertThat(compact("flow { event_type { type: 4 sub_type: 11 } }")).contains(" to-network FORWARDED ");
        assertThat(compact("flow { verdict: TRANSLATED event_type { type: 7 } sock_xlate_point:"
                        + " SOCK_XLATE_POINT_POST_DIRECTION_FWD }"))
                .contains(" post-xlate-fwd TRANSLATED ");
        String policy = "policy_match_type: 2 event_type { type: 5 }";
        assertThat(compact("flow { traffic_direction: INGRESS " + policy + " }"))
                .contains(" policy-verdict:L3-L4 INGRESS ALLOWED ");
        assertThat(compact("flow { verdict: DROPPED traffic_direction: EGRESS " + policy + " }"))
                .contains(" policy-verdict:L3-L4 EGRESS DENIED ");
        assertThat(compact("flow { verdict: AUDIT traffic_direction: EGRESS " + policy + " }"))
                .contains(" AUDITED ");
    }

    @Test
    void optionsShowMoreOrLess() {
        PrintOptions more = new PrintOptions(TimeFormat.RFC3339_NANO, true, true, true, false);
        assertThat(
                        print(
                                OutputFormat.COMPACT,
                                more,
                                changed(
                                        "flow { verdict: DROPPED traffic_direction: INGRESS policy_match_type: 2 event_type { type: 5 }"
                                                + " ingress_denied_by { namespace: 'default' name: 'web' kind: 'NetworkPolicy' } }")))
                .containsExactly(
                        "2026-06-09T10:11:12.345678901Z [default/n1]: 10.1.0.2:40312 (ID:2341) -> 10.96.0.10:80"
                                + " (ID:4411) policy-verdict:L3-L4 INGRESS DENIED BY default/web (NetworkPolicy) (TCP Flags: SYN)");
        PrintOptions colour = new PrintOptions(TimeFormat.STAMP_MILLI, false, false, false, true);
        assertThat(print(OutputFormat.COMPACT, colour, response(WEB)).getFirst())
                .contains("\u001b[32mFORWARDED\u001b[0m")
                .contains("\u001b[35m(ID:2341)\u001b[0m");
    }

    @Test
    void lettersThatTerminalsObeyAreShown() {
        assertThat(compact("flow { Summary: '\\033[2J\\n\\r' source { pod_name: 'a\\033]0;x\\007' } node_name: 'n' }"))
                .contains("default/a\\u001b]0;x\\u0007:40312")
                .endsWith("(\\u001b[2J\\u000a\\u000d)");
    }

    @Test
    void aDictionaryHasALineForEachKey() {
        PrintOptions options = new PrintOptions(TimeFormat.STAMP_MILLI, true, false, false, false);
        List<String> printed = print(OutputFormat.DICT, options, response(WEB), response(WEB));

        assertThat(printed.subList(0, 8))
                .containsExactly(
                        "  TIMESTAMP: Jun  9 10:11:12.345",
                        "       NODE: default/n1",
                        "     SOURCE: default/client:40312",
                        "DESTINATION: default/web:80",
                        "       TYPE: to-endpoint",
                        "    VERDICT: FORWARDED",
                        "    SUMMARY: TCP Flags: SYN",
                        "------------");
        assertThat(printed).hasSize(15);
    }

    @Test
    void aTableHasColumns() {
        assertThat(print(
                        OutputFormat.TABLE,
                        PrintOptions.PLAIN,
                        response(WEB),
                        changed("flow { verdict: DROPPED source { pod_name: 'c' } }")))
                .containsExactly(
                        "TIMESTAMP             SOURCE                 DESTINATION      TYPE          VERDICT     SUMMARY",
                        "Jun  9 10:11:12.345   default/client:40312   default/web:80   to-endpoint   FORWARDED   TCP Flags: SYN",
                        "Jun  9 10:11:12.345   default/c:40312        default/web:80   to-endpoint   DROPPED     TCP Flags: SYN");
        assertThat(print(OutputFormat.TABLE, PrintOptions.PLAIN)).isEmpty();
    }

    @Test
    void jsonIsTheMessage() {
        GetFlowsResponse flow = response("flow { verdict: DROPPED source { pod_name: 'a' } Summary: 'x' cgroup_id: 7 }"
                + " node_name: 'default/n1' time { seconds: 1 nanos: 500000000 }");
        GetFlowsResponse loss = response("lost_events { source: HUBBLE_RING_BUFFER num_events_lost: 12 }");

        assertThat(print(OutputFormat.JSON, PrintOptions.PLAIN, flow, loss))
                .containsExactly(
                        "{\"flow\":{\"verdict\":\"DROPPED\",\"source\":{\"pod_name\":\"a\"},\"cgroup_id\":\"7\",\"Summary\":\"x\"},"
                                + "\"node_name\":\"default/n1\",\"time\":\"1970-01-01T00:00:01.500Z\"}",
                        "{\"lost_events\":{\"source\":\"HUBBLE_RING_BUFFER\",\"num_events_lost\":\"12\"}}");
        assertThat(notes).isEmpty();
    }

    @Test
    void jsonEscapesWhatItMust() {
        GetFlowsResponse flow = response("flow { uuid: 'a=\\'b\\\\u003d\"c\\033' }");

        assertThat(print(OutputFormat.JSON, PrintOptions.PLAIN, flow))
                .containsExactly("{\"flow\":{\"uuid\":\"a='b\\\\u003d\\\"c\\u001b\"}}");
    }

    @Test
    void lossesAreToldBesideTheResult() {
        GetFlowsResponse loss =
                response("lost_events { source: HUBBLE_RING_BUFFER num_events_lost: 12 cpu { value: 3 } }");
        GetFlowsResponse nodes =
                response("node_status { state_change: NODE_UNAVAILABLE node_names: 'n2' message: 'x' }");

        assertThat(print(OutputFormat.COMPACT, PrintOptions.PLAIN, loss, nodes)).isEmpty();
        assertThat(notes).hasSize(2);
        assertThat(notes.getFirst())
                .startsWith("EVENTS LOST: HUBBLE_RING_BUFFER CPU(3) 12; ")
                .contains("narrow the filter");
        assertThat(notes.getLast()).isEqualTo("NODE_UNAVAILABLE n2: x");
    }

    @Test
    void agentEventsAreLines() throws ParseException {
        GetAgentEventsResponse event = TextFormat.parse(
                "agent_event { type: ENDPOINT_CREATED endpoint_update { id: 7 namespace: 'a' pod_name: 'b' } }"
                        + " node_name: 'n1' time { seconds: 1780999872 }",
                GetAgentEventsResponse.class);
        PrintOptions options = new PrintOptions(TimeFormat.RFC3339, true, false, false, false);
        for (OutputFormat format : OutputFormat.values()) {
            ResponsePrinter printer = new ResponsePrinter(format, options, lines::add, notes::add);
            printer.print(event);
            printer.end();
        }

        assertThat(lines)
                .containsSequence(
                        "2026-06-09T10:11:12Z [n1]: ENDPOINT_CREATED (id: 7, namespace: a, pod name: b)",
                        "  TIMESTAMP: 2026-06-09T10:11:12Z",
                        "       NODE: n1",
                        "       TYPE: ENDPOINT_CREATED",
                        "    DETAILS: id: 7, namespace: a, pod name: b",
                        "TIMESTAMP              NODE   TYPE               DETAILS",
                        "2026-06-09T10:11:12Z   n1     ENDPOINT_CREATED   id: 7, namespace: a, pod name: b")
                .last()
                .asString()
                .startsWith("{\"agent_event\":{\"type\":\"ENDPOINT_CREATED\"");
    }
}
