// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import com.google.protobuf.Timestamp;
import io.culvert.observability.api.flow.Endpoint;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.IPVersion;
import io.culvert.observability.api.flow.Layer4;
import io.culvert.observability.api.flow.Policy;
import io.culvert.observability.api.flow.Service;
import io.culvert.observability.api.flow.TrafficDirection;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.names.NodeLabel;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Flows as records of OpenTelemetry. Names are those of its semantic conventions where it has some (`source.address`,
/// `network.transport`); what it knows of one object only (`k8s.pod.name`) has the end before it; the rest is
/// `culvert.*`.
final class FlowRecords {

    private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("io.culvert.flows");
    private static final long SECOND = 1_000_000_000L;

    private final Resource resource;

    FlowRecords(NodeLabel node) {
        resource = Resource.create(Attributes.builder()
                .put("service.name", "culvert")
                .put("service.version", node.version())
                .put("k8s.node.name", node.node())
                .put("k8s.cluster.name", node.cluster())
                .build());
    }

    LogRecordData flow(Flow flow) {
        AttributesBuilder attributes = Attributes.builder();
        put(attributes, "culvert.flow.uuid", flow.getUuid());
        put(attributes, "culvert.verdict", name(flow.getVerdict()));
        put(attributes, "culvert.event", event(flow));
        put(attributes, "source.address", flow.getIP().getSource());
        put(attributes, "destination.address", flow.getIP().getDestination());
        put(attributes, "network.type", flow.getIP().getIpVersion() == IPVersion.IPv6 ? "ipv6" : "ipv4");
        transport(attributes, flow.getL4());
        end(attributes, "source", flow.getSource());
        end(attributes, "destination", flow.getDestination());
        service(attributes, "source", flow.getSourceService());
        service(attributes, "destination", flow.getDestinationService());
        situation(attributes, flow);
        Severity severity = flow.getVerdict() == Verdict.DROPPED ? Severity.WARN : Severity.INFO;
        return record("culvert.flow", nanos(flow.getTime()), severity, flow.getSummary(), attributes.build());
    }

    private static void situation(AttributesBuilder attributes, Flow flow) {
        if (flow.getVerdict() == Verdict.DROPPED) {
            put(attributes, "culvert.drop.reason", name(flow.getDropReasonDesc()));
        }
        if (flow.getTrafficDirection() != TrafficDirection.TRAFFIC_DIRECTION_UNKNOWN) {
            put(attributes, "culvert.direction", name(flow.getTrafficDirection()));
        }
        if (flow.hasIsReply()) {
            attributes.put("culvert.is_reply", flow.getIsReply().getValue());
        }
        put(attributes, "culvert.interface.name", flow.getInterface().getName());
        List<String> policies = Stream.of(
                        flow.getEgressAllowedByList(),
                        flow.getEgressDeniedByList(),
                        flow.getIngressAllowedByList(),
                        flow.getIngressDeniedByList())
                .flatMap(List::stream)
                .map(FlowRecords::name)
                .toList();
        if (!policies.isEmpty()) {
            attributes.put("culvert.policies", policies.toArray(String[]::new));
        }
    }

    private static String event(Flow flow) {
        return switch (flow.getEventType().getType()) {
            case 1 -> "drop";
            case 5 -> "policy-verdict";
            case 7 -> "socket";
            default -> "trace";
        };
    }

    private static void transport(AttributesBuilder attributes, Layer4 layer4) {
        switch (layer4.getProtocolCase()) {
            case TCP -> {
                ports(
                        attributes,
                        "tcp",
                        layer4.getTCP().getSourcePort(),
                        layer4.getTCP().getDestinationPort());
                var flags = layer4.getTCP().getFlags();
                attributes.put(
                        "culvert.tcp.flags",
                        flags.getAllFields().keySet().stream()
                                .map(field -> field.getName())
                                .toArray(String[]::new));
            }
            case UDP ->
                ports(
                        attributes,
                        "udp",
                        layer4.getUDP().getSourcePort(),
                        layer4.getUDP().getDestinationPort());
            case SCTP ->
                ports(
                        attributes,
                        "sctp",
                        layer4.getSCTP().getSourcePort(),
                        layer4.getSCTP().getDestinationPort());
            case ICMPV4 -> put(attributes, "network.transport", "icmp");
            case ICMPV6 -> put(attributes, "network.transport", "icmpv6");
            default -> {}
        }
    }

    private static void ports(AttributesBuilder attributes, String transport, int source, int destination) {
        put(attributes, "network.transport", transport);
        if (source != 0) {
            attributes.put("source.port", source);
        }
        attributes.put("destination.port", destination);
    }

    private static void end(AttributesBuilder attributes, String side, Endpoint end) {
        put(attributes, side + ".k8s.namespace.name", end.getNamespace());
        put(attributes, side + ".k8s.pod.name", end.getPodName());
        attributes.put(side + ".culvert.identity", end.getIdentity());
        if (end.getWorkloadsCount() > 0) {
            put(attributes, side + ".k8s.workload.name", end.getWorkloads(0).getName());
            put(attributes, side + ".k8s.workload.kind", end.getWorkloads(0).getKind());
        }
    }

    private static void service(AttributesBuilder attributes, String side, Service service) {
        put(attributes, side + ".k8s.service.name", service.getName());
        if (!service.getName().isEmpty()) {
            put(attributes, side + ".k8s.service.namespace", service.getNamespace());
        }
    }

    private static String name(Policy policy) {
        return policy.getKind() + " " + (policy.getNamespace().isEmpty() ? "" : policy.getNamespace() + "/")
                + policy.getName();
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void put(AttributesBuilder attributes, String key, String value) {
        if (!value.isEmpty()) {
            attributes.put(key, value);
        }
    }

    /// Flows that are not among the records, since the last record that says so.
    ///
    /// @param cause where they were lost
    LogRecordData lost(long count, String cause, Instant now) {
        Attributes attributes = Attributes.builder()
                .put("culvert.lost.count", count)
                .put("culvert.lost.cause", cause)
                .build();
        return record(
                "culvert.lost",
                now.getEpochSecond() * SECOND + now.getNano(),
                Severity.WARN,
                count + " flows lost: " + cause,
                attributes);
    }

    private LogRecordData record(String name, long time, Severity severity, String text, Attributes attributes) {
        Instant now = Instant.now();
        return new FlowRecord(
                resource, SCOPE, name, time, now.getEpochSecond() * SECOND + now.getNano(), severity, text, attributes);
    }

    private static long nanos(Timestamp time) {
        return time.getSeconds() * SECOND + time.getNanos();
    }
}
