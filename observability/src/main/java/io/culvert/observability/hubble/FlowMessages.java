// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Int32Value;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.observability.api.flow.CiliumEventType;
import io.culvert.observability.api.flow.Emitter;
import io.culvert.observability.api.flow.Endpoint;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.FlowType;
import io.culvert.observability.api.flow.IP;
import io.culvert.observability.api.flow.IPVersion;
import io.culvert.observability.api.flow.LostEvent;
import io.culvert.observability.api.flow.LostEventSource;
import io.culvert.observability.api.flow.NetworkInterface;
import io.culvert.observability.api.flow.Policy;
import io.culvert.observability.api.flow.Service;
import io.culvert.observability.api.flow.SocketTranslationPoint;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.flow.Workload;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.FlowUuid;
import io.culvert.observability.names.NodeLabel;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.PolicyName;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Flows as messages of the Hubble API, with the names of the moment. Addresses and ports are those that the client
/// dialled; endpoints are those that talk. Safe for use by several threads.
public final class FlowMessages {

    private final NodeLabel node;
    private final FlowNames names;
    private final WallClock clock;
    private final Emitter emitter;

    public FlowMessages(FlowNames names, WallClock clock) {
        this.node = names.node();
        this.names = names;
        this.clock = clock;
        this.emitter = Emitter.newBuilder()
                .setName("Culvert")
                .setVersion(node.version())
                .build();
    }

    /// Where flows are from.
    public NodeLabel node() {
        return node;
    }

    FlowNames names() {
        return names;
    }

    /// A flow; of kind [EventKind#LOST] how many were lost in the kernel.
    public GetFlowsResponse response(Event event) {
        return event.kind() == EventKind.LOST
                ? response(lost(event), clock.at(event.time()))
                : response(flow(event), UnaryOperator.identity());
    }

    /// The same, of a flow that was made a message already.
    ///
    /// @param shape what of the flow is shown; the time of the response is always
    GetFlowsResponse response(Flow flow, UnaryOperator<Flow> shape) {
        return GetFlowsResponse.newBuilder()
                .setFlow(shape.apply(flow))
                .setNodeName(node.text())
                .setTime(flow.getTime())
                .build();
    }

    /// Flows that an observer did not read in time.
    public GetFlowsResponse overtaken(long count, Instant now) {
        return response(
                LostEvent.newBuilder()
                        .setSource(LostEventSource.HUBBLE_RING_BUFFER)
                        .setNumEventsLost(count)
                        .build(),
                now);
    }

    private GetFlowsResponse response(LostEvent lost, Instant time) {
        return GetFlowsResponse.newBuilder()
                .setLostEvents(lost)
                .setNodeName(node.text())
                .setTime(Timestamps.of(time))
                .build();
    }

    /// Which processor lost them nobody counted.
    private LostEvent lost(Event event) {
        return LostEvent.newBuilder()
                .setSource(LostEventSource.PERF_EVENT_RING_BUFFER)
                .setNumEventsLost(event.detail().first())
                .setCpu(Int32Value.of(-1))
                .setLast(Timestamps.of(clock.at(event.time())))
                .build();
    }

    /// @param event not of kind [EventKind#LOST]
    public Flow flow(Event event) {
        FlowEnds ends = FlowEnds.of(event, names);
        Flow.Builder flow = Flow.newBuilder()
                .setTime(Timestamps.of(clock.at(event.time())))
                .setUuid(FlowUuid.of(node.text(), event))
                .setEmitter(emitter)
                .setVerdict(Verdict.forNumber(event.verdict().number()))
                .setIP(ip(event))
                .setSource(endpoint(ends.source()))
                .setDestination(endpoint(ends.destination()))
                .setType(event.kind() == EventKind.SOCKET ? FlowType.SOCK : FlowType.L3_L4)
                .setNodeName(node.text())
                .addAllNodeLabels(names.nodeLabels())
                .setTrafficDirection(FlowSituation.direction(event))
                .setTraceObservationPoint(FlowSituation.point(event))
                .setTraceReason(FlowSituation.reason(event))
                .setEventType(CiliumEventType.newBuilder()
                        .setType(FlowSituation.type(event))
                        .setSubType(FlowSituation.subType(event)))
                .setSummary(summary(event));
        Layer4Messages.of(event).ifPresent(flow::setL4);
        ends.sourceService().ifPresent(service -> flow.setSourceService(service(service)));
        ends.destinationService().ifPresent(service -> flow.setDestinationService(service(service)));
        addReply(event, flow);
        addDrop(event, flow);
        addPlace(event, flow);
        addPolicy(event, flow);
        return flow.build();
    }

    private IP ip(Event event) {
        IpAddress destination = event.destination().address();
        IP.Builder ip = IP.newBuilder()
                .setSource(source(event))
                .setDestination(text(event.destination()))
                .setIpVersion(destination.isV4() ? IPVersion.IPv4 : IPVersion.IPv6);
        if (event.has(EventFlag.ADDRESSED) && event.has(EventFlag.IS_REPLY)) {
            ip.setSourceXlated(text(event.translated()));
        }
        return ip.build();
    }

    /// What has no address yet, since it is about to connect, will have that of its pod.
    private String source(Event event) {
        String known = text(event.source());
        if (!known.isEmpty() || event.hook() != EventHook.SOCKET) {
            return known;
        }
        return names.addressOfCgroup(
                        event.cgroup(), event.destination().address().family())
                .map(IpAddress::toString)
                .orElse("");
    }

    /// A socket has no address before it is connected.
    private static String text(IpPort end) {
        return end.address().equals(IpAddress.UNSPECIFIED) && end.port() == 0
                ? ""
                : end.address().toString();
    }

    private Endpoint endpoint(Party party) {
        Endpoint.Builder endpoint = Endpoint.newBuilder()
                .setID(party.endpoint())
                .setIdentity(party.identity())
                .setNamespace(party.namespace())
                .setPodName(party.pod())
                .addAllLabels(party.labels());
        if (party.isPod()) {
            endpoint.setClusterName(node.cluster());
        }
        party.workloads()
                .forEach(workload -> endpoint.addWorkloads(
                        Workload.newBuilder().setName(workload.name()).setKind(workload.kind())));
        return endpoint.build();
    }

    private static Service service(ServiceName name) {
        return Service.newBuilder()
                .setNamespace(name.namespace())
                .setName(name.name())
                .build();
    }

    /// Hubble does not say of drops whether they are replies.
    private static void addReply(Event event, Flow.Builder flow) {
        if (event.has(EventFlag.DIRECTED) && event.verdict() != EventVerdict.DROPPED) {
            boolean reply = event.has(EventFlag.IS_REPLY);
            flow.setIsReply(BoolValue.of(reply)).setReply(reply);
        }
    }

    private static void addDrop(Event event, Flow.Builder flow) {
        if (event.verdict() == EventVerdict.DROPPED) {
            flow.setDropReason(event.reason()).setDropReasonDesc(DropReasons.describe(event.reason()));
        }
    }

    private void addPlace(Event event, Flow.Builder flow) {
        if (event.hook() == EventHook.SOCKET) {
            flow.setSocketCookie(event.detail().first()).setCgroupId(event.cgroup());
            if (event.kind() == EventKind.SOCKET) {
                flow.setSockXlatePoint(SocketTranslationPoint.SOCK_XLATE_POINT_POST_DIRECTION_FWD);
            }
        } else if (event.ifindex() != 0) {
            NetworkInterface.Builder place = NetworkInterface.newBuilder().setIndex(event.ifindex());
            names.networkInterface(event.ifindex()).ifPresent(place::setName);
            flow.setInterface(place);
        }
    }

    private void addPolicy(Event event, Flow.Builder flow) {
        if (event.kind() != EventKind.VERDICT || event.rule() == 0) {
            return;
        }
        names.rule(event.rule()).ifPresent(rule -> {
            int match = rule.match().number();
            flow.setPolicyMatchType(match).getEventTypeBuilder().setSubType(match);
            Policy policy = policy(rule);
            boolean denied = event.verdict() == EventVerdict.DROPPED;
            if (FlowSituation.isEgress(event)) {
                var _ = denied ? flow.addEgressDeniedBy(policy) : flow.addEgressAllowedBy(policy);
            } else {
                var _ = denied ? flow.addIngressDeniedBy(policy) : flow.addIngressAllowedBy(policy);
            }
        });
    }

    private static Policy policy(PolicyRule rule) {
        PolicyName name = rule.policy();
        return Policy.newBuilder()
                .setName(name.name())
                .setNamespace(name.namespace())
                .setKind(name.kind())
                .addAllLabels(name.labels())
                .setRevision(rule.revision())
                .build();
    }

    /// What Hubble says, and then what only Culvert knows.
    private static String summary(Event event) {
        List<String> parts = new ArrayList<>(List.of(Layer4Messages.summary(event)));
        String reason = DropReasons.text(event.reason());
        if (!reason.isEmpty()) {
            parts.add(reason);
        }
        if (event.has(EventFlag.ADDRESSED) && !event.has(EventFlag.IS_REPLY)) {
            parts.add("to " + event.translated());
        }
        if (event.kind() == EventKind.CLOSE) {
            EventDetail totals = event.detail();
            parts.add("closed after " + Duration.ofNanos(totals.fourth()).toMillis() + " ms, " + totals.first()
                    + " bytes in " + totals.clientPackets() + " packets out, " + totals.second() + " bytes in "
                    + totals.backendPackets() + " packets back");
        }
        return String.join("; ", parts);
    }
}
