// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import static io.culvert.observability.filter.Side.DESTINATION;
import static io.culvert.observability.filter.Side.SOURCE;

import io.culvert.observability.api.flow.FlowFilter;
import java.util.List;
import java.util.Optional;

/// What each field of `FlowFilter` means; a test compares this with `flow.proto`.
final class FilterFields {

    private static final List<FilterField<?>> FIELDS = List.of(
            new FilterField<>("uuid", FlowFilter::getUuidList, (_, values, _) -> PacketFilters.uuid(values)),
            new FilterField<>("source_ip", FlowFilter::getSourceIpList, AddressFilters::source),
            new FilterField<>(
                    "source_ip_xlated",
                    FlowFilter::getSourceIpXlatedList,
                    (field, values, _) -> AddressFilters.translated(field, values)),
            new FilterField<>(
                    "source_pod",
                    FlowFilter::getSourcePodList,
                    (field, values, lookups) -> EndpointFilters.pod(SOURCE, field, values, lookups)),
            new FilterField<>(
                    "source_fqdn",
                    FlowFilter::getSourceFqdnList,
                    (field, values, _) -> PlaceFilters.domain(SOURCE, field, values)),
            new FilterField<>(
                    "source_label",
                    FlowFilter::getSourceLabelList,
                    (field, values, lookups) -> EndpointFilters.label(SOURCE, field, values, lookups)),
            new FilterField<>(
                    "source_service",
                    FlowFilter::getSourceServiceList,
                    (field, values, lookups) -> EndpointFilters.service(SOURCE, field, values, lookups)),
            new FilterField<>(
                    "source_workload",
                    FlowFilter::getSourceWorkloadList,
                    (_, values, lookups) -> EndpointFilters.workload(SOURCE, values, lookups)),
            new FilterField<>(
                    "source_cluster_name",
                    FlowFilter::getSourceClusterNameList,
                    (field, values, lookups) -> EndpointFilters.cluster(SOURCE, field, values, lookups)),
            new FilterField<>(
                    "destination_ip",
                    FlowFilter::getDestinationIpList,
                    (field, values, _) -> AddressFilters.destination(field, values)),
            new FilterField<>(
                    "destination_pod",
                    FlowFilter::getDestinationPodList,
                    (field, values, lookups) -> EndpointFilters.pod(DESTINATION, field, values, lookups)),
            new FilterField<>(
                    "destination_fqdn",
                    FlowFilter::getDestinationFqdnList,
                    (field, values, _) -> PlaceFilters.domain(DESTINATION, field, values)),
            new FilterField<>(
                    "destination_label",
                    FlowFilter::getDestinationLabelList,
                    (field, values, lookups) -> EndpointFilters.label(DESTINATION, field, values, lookups)),
            new FilterField<>(
                    "destination_service",
                    FlowFilter::getDestinationServiceList,
                    (field, values, lookups) -> EndpointFilters.service(DESTINATION, field, values, lookups)),
            new FilterField<>(
                    "destination_workload",
                    FlowFilter::getDestinationWorkloadList,
                    (_, values, lookups) -> EndpointFilters.workload(DESTINATION, values, lookups)),
            new FilterField<>(
                    "destination_cluster_name",
                    FlowFilter::getDestinationClusterNameList,
                    (field, values, lookups) -> EndpointFilters.cluster(DESTINATION, field, values, lookups)),
            new FilterField<>(
                    "traffic_direction",
                    FlowFilter::getTrafficDirectionList,
                    (_, values, _) -> PacketFilters.direction(values)),
            new FilterField<>("verdict", FlowFilter::getVerdictList, (_, values, _) -> PacketFilters.verdict(values)),
            new FilterField<>(
                    "drop_reason_desc",
                    FlowFilter::getDropReasonDescList,
                    (_, values, _) -> PacketFilters.dropReason(values)),
            new FilterField<>(
                    "interface",
                    FlowFilter::getInterfaceList,
                    (_, values, lookups) -> PlaceFilters.networkInterface(values, lookups)),
            new FilterField<>("event_type", FlowFilter::getEventTypeList, (_, values, _) -> PacketFilters.type(values)),
            new FilterField<>(
                    "http_status_code",
                    FlowFilter::getHttpStatusCodeList,
                    (field, values, _) -> ApplicationFilters.status(field, values)),
            new FilterField<>(
                    "protocol",
                    FlowFilter::getProtocolList,
                    (field, values, _) -> TransportFilters.protocol(field, values)),
            new FilterField<>(
                    "source_port",
                    FlowFilter::getSourcePortList,
                    (field, values, _) -> TransportFilters.port(SOURCE, field, values)),
            new FilterField<>(
                    "destination_port",
                    FlowFilter::getDestinationPortList,
                    (field, values, _) -> TransportFilters.port(DESTINATION, field, values)),
            new FilterField<>("reply", FlowFilter::getReplyList, (_, values, _) -> PacketFilters.reply(values)),
            new FilterField<>(
                    "dns_query",
                    FlowFilter::getDnsQueryList,
                    (field, values, _) -> ApplicationFilters.expression(field, values)),
            new FilterField<>(
                    "source_identity",
                    FlowFilter::getSourceIdentityList,
                    (_, values, lookups) -> EndpointFilters.identity(SOURCE, values, lookups)),
            new FilterField<>(
                    "destination_identity",
                    FlowFilter::getDestinationIdentityList,
                    (_, values, lookups) -> EndpointFilters.identity(DESTINATION, values, lookups)),
            new FilterField<>("http_method", FlowFilter::getHttpMethodList, (_, _, _) -> Match.nothing()),
            new FilterField<>(
                    "http_path",
                    FlowFilter::getHttpPathList,
                    (field, values, _) -> ApplicationFilters.expression(field, values)),
            new FilterField<>(
                    "http_url",
                    FlowFilter::getHttpUrlList,
                    (field, values, _) -> ApplicationFilters.expression(field, values)),
            new FilterField<>("http_header", FlowFilter::getHttpHeaderList, (_, _, _) -> Match.nothing()),
            new FilterField<>(
                    "tcp_flags", FlowFilter::getTcpFlagsList, (_, values, _) -> TransportFilters.tcpFlags(values)),
            new FilterField<>(
                    "node_name",
                    FlowFilter::getNodeNameList,
                    (field, values, lookups) -> PlaceFilters.nodeName(field, values, lookups)),
            new FilterField<>(
                    "node_labels",
                    FlowFilter::getNodeLabelsList,
                    (field, values, lookups) -> PlaceFilters.nodeLabels(field, values, lookups)),
            new FilterField<>(
                    "ip_version", FlowFilter::getIpVersionList, (_, values, _) -> AddressFilters.version(values)),
            new FilterField<>("trace_id", FlowFilter::getTraceIdList, (_, _, _) -> Match.nothing()),
            new FilterField<>("ip_trace_id", FlowFilter::getIpTraceIdList, (_, _, _) -> Match.nothing()),
            new FilterField<>(
                    "encrypted", FlowFilter::getEncryptedList, (_, values, _) -> PacketFilters.encrypted(values)),
            new FilterField<>(
                    "experimental",
                    filter -> filter.getExperimental().getCelExpressionList(),
                    (field, values, _) -> ApplicationFilters.expressionOfCel(field + ".cel_expression", values)));

    private FilterFields() {}

    static List<String> names() {
        return FIELDS.stream().map(FilterField::name).toList();
    }

    /// Flows that fit every field of a filter.
    ///
    /// @throws MalformedFilterException if one has a value that means nothing
    static Match compile(FlowFilter filter, Lookups lookups) {
        return Match.all(FIELDS.stream()
                .map(field -> field.match(filter, lookups))
                .flatMap(Optional::stream)
                .toList());
    }
}
