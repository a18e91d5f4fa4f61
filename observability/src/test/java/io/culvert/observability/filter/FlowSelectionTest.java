// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormat.ParseException;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.observer.GetFlowsRequest;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What filters and field masks want of flows, as messages.
final class FlowSelectionTest {

    private static final TestNames NAMES = new TestNames();

    static Stream<Row> rows() {
        return FilterRows.all();
    }

    private static FlowSelection allow(FlowFilter... filters) {
        return FlowSelection.of(List.of(filters), List.of(), FieldMask.getDefaultInstance(), NAMES);
    }

    private static FlowFilter filter(String text) {
        try {
            return TextFormat.parse(text, FlowFilter.class);
        } catch (ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static Flow flow(String text) {
        try {
            return TextFormat.parse(text, Flow.class);
        } catch (ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /// A filter, a flow, and whether that fits.
    record Row(String filter, String flow, boolean fits) {}

    @ParameterizedTest
    @MethodSource("rows")
    void fieldsMatchAsHubbleMatches(Row row) {
        FlowFilter filter = filter(row.filter);
        Flow flow = flow(row.flow);
        FlowSelection denying = FlowSelection.of(List.of(), List.of(filter), FieldMask.getDefaultInstance(), NAMES);

        assertThat(allow(filter).test(flow)).isEqualTo(row.fits);
        assertThat(denying.test(flow)).isEqualTo(!row.fits);
    }

    @Test
    void everyFieldIsInTheTable() {
        List<FieldDescriptor> fields = FlowFilter.getDescriptor().getFields();
        Set<String> names = fields.stream().map(FieldDescriptor::getName).collect(Collectors.toSet());
        Set<String> tried = rows().flatMap(row -> filter(row.filter).getAllFields().keySet().stream())
                .map(FieldDescriptor::getName)
                .collect(Collectors.toSet());

        assertThat(FilterFields.names()).containsExactlyInAnyOrderElementsOf(names);
        tried.add("experimental"); // refused, which malformedFiltersAreTold() shows
        assertThat(tried).isEqualTo(names);
    }

    @Test
    void valuesOfAFieldAreAlternativesAndFieldsAreNot() {
        FlowSelection selection =
                allow(filter("source_ip: '10.0.0.1' source_ip: '10.0.0.2' verdict: DROPPED"), filter("uuid: 'x'"));

        assertThat(selection.test(flow("verdict: DROPPED IP { source: '10.0.0.2' }")))
                .isTrue();
        assertThat(selection.test(flow("verdict: FORWARDED IP { source: '10.0.0.2' }")))
                .isFalse();
        assertThat(selection.test(flow("verdict: DROPPED IP { source: '10.0.0.3' }")))
                .isFalse();
        assertThat(selection.test(flow("uuid: 'x'"))).isTrue();
    }

    @Test
    void whatIsDeniedIsNotAllowed() {
        GetFlowsRequest request = GetFlowsRequest.newBuilder()
                .addWhitelist(filter("verdict: DROPPED"))
                .addBlacklist(filter("source_pod: 'kube-system/'"))
                .build();
        FlowSelection selection = FlowSelection.of(request, NAMES);

        assertThat(selection.test(flow("verdict: DROPPED"))).isTrue();
        assertThat(selection.test(flow("verdict: DROPPED source { namespace: 'kube-system' pod_name: 'dns' }")))
                .isFalse();
        assertThat(allow().test(flow("verdict: DROPPED"))).isTrue();
        assertThat(allow(filter("")).test(flow("verdict: DROPPED"))).isTrue();
    }

    static Stream<List<String>> malformed() {
        return Stream.of(
                List.of("source_ip: '10.0.0.300'", "source_ip \"10.0.0.300\"", "write 10.0.0.1"),
                List.of("source_ip: '10.0.0.0/33'", "source_ip \"10.0.0.0/33\"", "write 10.0.0.1"),
                List.of("destination_ip: 'web'", "destination_ip \"web\"", "write 10.0.0.1"),
                List.of("source_ip_xlated: '::/200'", "source_ip_xlated \"::/200\"", "write 10.0.0.1"),
                List.of("source_pod: ''", "source_pod \"\"", "write namespace/name"),
                List.of("destination_service: 'a/b/c'", "destination_service \"a/b/c\"", "write namespace/name"),
                List.of("source_label: 'a in b'", "source_label \"a in b\"", "write key=value"),
                List.of("destination_label: 'a=b,,c'", "destination_label \"a=b,,c\"", "write key=value"),
                List.of("node_labels: '=x'", "node_labels \"=x\"", "write key=value"),
                List.of("source_port: '70000'", "source_port \"70000\"", "0 to 65535"),
                List.of("destination_port: 'http'", "destination_port \"http\"", "0 to 65535"),
                List.of("protocol: 'quic'", "protocol \"quic\"", "known are dns, http, icmp"),
                List.of("node_name: 'a/b/c'", "node_name \"a/b/c\"", "write node"),
                List.of("node_name: 'n{1}'", "node_name \"n{1}\"", "only letters"),
                List.of("source_fqdn: 'a b'", "source_fqdn \"a b\"", "only letters"),
                List.of("destination_fqdn: ''", "destination_fqdn \"\"", "only letters"),
                List.of("source_cluster_name: ''", "source_cluster_name \"\"", "write it"),
                List.of("http_status_code: '9xx'", "http_status_code \"9xx\"", "write 404"),
                List.of("http_path: '('", "http_path \"(\"", "not a regular expression"),
                List.of("http_url: '['", "http_url \"[\"", "not a regular expression"),
                List.of("dns_query: '*'", "dns_query \"*\"", "not a regular expression"),
                List.of(
                        "experimental { cel_expression: 'true' }",
                        "experimental.cel_expression \"true\"",
                        "with the other fields"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedFiltersAreTold(List<String> row) {
        assertThatThrownBy(() -> allow(filter(row.getFirst())))
                .isInstanceOf(MalformedFilterException.class)
                .hasMessageStartingWith("filter flows by " + row.get(1) + ": ")
                .hasMessageContaining(row.get(2));
    }

    private static FlowSelection masked(String... paths) {
        FieldMask mask = FieldMask.newBuilder().addAllPaths(List.of(paths)).build();
        return FlowSelection.of(GetFlowsRequest.newBuilder().setFieldMask(mask).build(), NAMES);
    }

    @Test
    void aMaskShowsWhatItNames() {
        Flow flow =
                flow("verdict: DROPPED Summary: 'UDP' source { pod_name: 'a' identity: 7 } destination { identity: 8 }"
                        + " l4 { TCP { source_port: 1 flags { SYN: true } } }");

        assertThat(masked().show(flow)).isEqualTo(flow);
        assertThat(masked("verdict", "source.pod_name", "l4.TCP.flags").show(flow))
                .isEqualTo(flow("verdict: DROPPED source { pod_name: 'a' } l4 { TCP { flags { SYN: true } } }"));
        assertThat(masked("source", "source.pod_name", "Summary").show(flow))
                .isEqualTo(flow("Summary: 'UDP' source { pod_name: 'a' identity: 7 }"));
        assertThat(masked("time").show(flow)).isEqualTo(Flow.getDefaultInstance());
    }

    @Test
    void aPathThatNamesNothingIsTold() {
        for (String path : List.of("nothing", "source.nothing", "verdict.x", "", "source.labels.x", "Source")) {
            assertThatThrownBy(() -> masked("verdict", path))
                    .isInstanceOf(MalformedFilterException.class)
                    .hasMessageStartingWith("show field \"" + path + "\" of flows: there is none");
        }
    }
}
