// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.flow.IPVersion;
import io.culvert.observability.api.flow.NetworkInterface;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// The table of flags. Most are about an end of a flow, so that there are three of them: `--pod`, `--from-pod`,
/// `--to-pod`.
final class FilterFlags {

    static final List<FilterFlag> ALL = Stream.concat(ofEnds(), ofFlows()).toList();

    private FilterFlags() {}

    private static Stream<FilterFlag> ofEnds() {
        return Stream.of(
                        end(
                                "pod",
                                "POD",
                                "pods whose names begin so: [NAMESPACE/]NAME, else in default",
                                FlowFilter.Builder::addSourcePod,
                                FlowFilter.Builder::addDestinationPod),
                        namespaces("namespace", "NAMESPACE", "pods and Services of this namespace", name -> name),
                        namespaces("all-namespaces", "", "pods of any namespace", _ -> ""),
                        end(
                                "service",
                                "SERVICE",
                                "Services whose names begin so: [NAMESPACE/]NAME, else in default",
                                FlowFilter.Builder::addSourceService,
                                FlowFilter.Builder::addDestinationService),
                        end(
                                "ip",
                                "ADDRESS",
                                "an address, or a block such as 10.0.0.0/8",
                                FlowFilter.Builder::addSourceIp,
                                FlowFilter.Builder::addDestinationIp),
                        end(
                                "port",
                                "PORT",
                                "a port",
                                FlowFilter.Builder::addSourcePort,
                                FlowFilter.Builder::addDestinationPort),
                        end(
                                "label",
                                "SELECTOR",
                                "labels, such as app=web or reserved:world",
                                FlowFilter.Builder::addSourceLabel,
                                FlowFilter.Builder::addDestinationLabel),
                        end(
                                "workload",
                                "WORKLOAD",
                                "what made the pod: [KIND/]NAME",
                                (filter, value) -> filter.addSourceWorkload(FlagValues.workload(value)),
                                (filter, value) -> filter.addDestinationWorkload(FlagValues.workload(value))),
                        end(
                                "identity",
                                "IDENTITY",
                                "an identity, by number or as world, host, remote-node",
                                (filter, value) -> filter.addSourceIdentity(FlagValues.identity(value)),
                                (filter, value) -> filter.addDestinationIdentity(FlagValues.identity(value))),
                        end(
                                "fqdn",
                                "NAME",
                                "a name of DNS, with * for anything",
                                FlowFilter.Builder::addSourceFqdn,
                                FlowFilter.Builder::addDestinationFqdn),
                        end(
                                "cluster",
                                "CLUSTER",
                                "a cluster",
                                FlowFilter.Builder::addSourceClusterName,
                                FlowFilter.Builder::addDestinationClusterName))
                .flatMap(List::stream);
    }

    private static Stream<FilterFlag> ofFlows() {
        return Stream.of(
                of(
                        "verdict",
                        "VERDICT",
                        "FORWARDED, DROPPED, AUDIT, TRANSLATED, ...",
                        (filter, value) -> filter.addVerdict(FlagValues.verdict(value))),
                new FilterFlag(
                        List.of("--type", "-t"),
                        "TYPE",
                        "trace, drop, policy-verdict, trace-sock, or trace:POINT",
                        (filters, value) -> filters.both(filter -> filter.addEventType(FlagValues.type(value)))),
                of(
                        "drop-reason-desc",
                        "REASON",
                        "why it was dropped, such as POLICY_DENIED",
                        (filter, value) -> filter.addDropReasonDesc(FlagValues.dropReason(value))),
                of("protocol", "PROTOCOL", "tcp, udp, sctp, icmp, icmpv4, icmpv6", FlowFilter.Builder::addProtocol),
                of(
                        "tcp-flags",
                        "FLAGS",
                        "flags of TCP that are set, such as SYN,ACK",
                        (filter, value) -> filter.addTcpFlags(FlagValues.tcpFlags(value))),
                of(
                        "traffic-direction",
                        "DIRECTION",
                        "ingress or egress",
                        (filter, value) -> filter.addTrafficDirection(FlagValues.direction(value))),
                of("reply", "", "what answers", (filter, _) -> filter.addReply(true)),
                of(
                        "ip-version",
                        "VERSION",
                        "v4, v6 or none",
                        (filter, value) -> filter.addIpVersion(FlagValues.version(value))),
                new FilterFlag(
                        List.of("--ipv4", "-4"),
                        "",
                        "IPv4",
                        (filters, _) -> filters.both(filter -> filter.addIpVersion(IPVersion.IPv4))),
                new FilterFlag(
                        List.of("--ipv6", "-6"),
                        "",
                        "IPv6",
                        (filters, _) -> filters.both(filter -> filter.addIpVersion(IPVersion.IPv6))),
                of(
                        "interface",
                        "NAME",
                        "where it was met",
                        (filter, value) -> filter.addInterface(
                                NetworkInterface.newBuilder().setName(value))),
                of("node-name", "NODE", "[CLUSTER/]NODE, with * for anything", FlowFilter.Builder::addNodeName),
                of("node-label", "SELECTOR", "labels of the node", FlowFilter.Builder::addNodeLabels),
                of("uuid", "UUID", "the flow of that name", FlowFilter.Builder::addUuid),
                of("snat-ip", "ADDRESS", "what the source is translated to", FlowFilter.Builder::addSourceIpXlated),
                of("encrypted", "", "what is encrypted", (filter, _) -> filter.addEncrypted(true)),
                of("unencrypted", "", "what is not", (filter, _) -> filter.addEncrypted(false)),
                of("trace-id", "ID", "a trace id", FlowFilter.Builder::addTraceId),
                of(
                        "ip-trace-id",
                        "ID",
                        "a trace id of IP options",
                        (filter, value) -> filter.addIpTraceId(FlagValues.traceId(value))),
                of("http-status", "STATUS", "as 404 or 5+", FlowFilter.Builder::addHttpStatusCode),
                of("http-method", "METHOD", "as GET", FlowFilter.Builder::addHttpMethod),
                of("http-path", "REGEX", "a path", FlowFilter.Builder::addHttpPath),
                of("http-url", "REGEX", "a URL", FlowFilter.Builder::addHttpUrl),
                of(
                        "http-header",
                        "NAME:VALUE",
                        "a header",
                        (filter, value) -> filter.addHttpHeader(FlagValues.header(value))),
                of(
                        "cel-expression",
                        "CEL",
                        "an expression, which Culvert refuses",
                        (filter, value) -> filter.getExperimentalBuilder().addCelExpression(value)));
    }

    private static FilterFlag of(
            String name, String parameter, String meaning, BiConsumer<FlowFilter.Builder, String> change) {
        return new FilterFlag(
                List.of("--" + name),
                parameter,
                meaning,
                (filters, value) -> filters.both(filter -> change.accept(filter, value)));
    }

    private static List<FilterFlag> end(
            String name,
            String parameter,
            String meaning,
            BiConsumer<FlowFilter.Builder, String> source,
            BiConsumer<FlowFilter.Builder, String> destination) {
        List<String> names = name.equals("label") ? List.of("--label", "-l") : List.of("--" + name);
        return List.of(
                new FilterFlag(
                        names,
                        parameter,
                        "from or to " + meaning,
                        (filters, value) -> filters.either(value, source, destination)),
                of("from-" + name, parameter, "from " + meaning, source),
                of("to-" + name, parameter, "to " + meaning, destination));
    }

    private static List<FilterFlag> namespaces(
            String name, String parameter, String meaning, Function<String, String> namespace) {
        String letter = name.equals("namespace") ? "-n" : "-A";
        return List.of(
                new FilterFlag(
                        List.of("--" + name, letter),
                        parameter,
                        "from or to " + meaning,
                        (filters, value) -> filters.namespace(namespace.apply(value))),
                new FilterFlag(
                        List.of("--from-" + name),
                        parameter,
                        "from " + meaning,
                        (filters, value) -> filters.sourceNamespace(namespace.apply(value))),
                new FilterFlag(
                        List.of("--to-" + name),
                        parameter,
                        "to " + meaning,
                        (filters, value) -> filters.destinationNamespace(namespace.apply(value))));
    }
}
