// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.SessionAffinity;
import io.culvert.cluster.SourceRanges;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads a Service (core v1) with the rules that the API server applies to the fields we use.
final class ServiceDecoder {

    private static final int LONGEST_AFFINITY_SECONDS = 86_400;

    private final BadEntries badEntries;

    ServiceDecoder(BadEntries badEntries) {
        this.badEntries = badEntries;
    }

    Service decode(Metadata metadata, Fields document) {
        Fields spec = document.at("spec");
        ServiceType type = type(spec);
        ObjectName name = new ObjectName(
                metadata.name().namespace(), metadata.name().name().intern());
        ServiceBuilder service = Service.builder(name)
                .created(metadata.created())
                .type(type)
                .clusterIps(clusterIps(spec))
                .internalTrafficPolicy(policy(spec, "internalTrafficPolicy"))
                .externalTrafficPolicy(policy(spec, "externalTrafficPolicy"))
                .sessionAffinity(affinity(spec))
                .externalIps(Addresses.list(spec, "externalIPs", badEntries::leftOut))
                .ingress(ingress(document))
                .sourceRanges(sourceRanges(spec))
                .healthCheckNodePort(Ports.optional(spec, "healthCheckNodePort"))
                .annotations(ours(metadata.annotations()));
        ports(spec, service);
        return service.build();
    }

    private static ServiceType type(Fields spec) {
        String text = spec.text("type").orElse("ClusterIP");
        return ServiceType.ofApiName(text)
                .orElseThrow(() -> spec.invalid(
                        "type",
                        "\"" + text + "\" is not a Service type",
                        "use ClusterIP, NodePort, LoadBalancer or ExternalName"));
    }

    private static TrafficPolicy policy(Fields spec, String key) {
        String text = spec.text(key).orElse("");
        if (text.isEmpty()) {
            return TrafficPolicy.CLUSTER;
        }
        return TrafficPolicy.ofApiName(text)
                .orElseThrow(
                        () -> spec.invalid(key, "\"" + text + "\" is not a traffic policy", "use Cluster or Local"));
    }

    private static SessionAffinity affinity(Fields spec) {
        String text = spec.text("sessionAffinity").orElse("None");
        return switch (text) {
            case "None", "" -> SessionAffinity.NONE;
            case "ClientIP" ->
                new SessionAffinity.ClientIp(Duration.ofSeconds(spec.at("sessionAffinityConfig")
                        .at("clientIP")
                        .number(
                                "timeoutSeconds",
                                (int) SessionAffinity.DEFAULT_TIMEOUT.toSeconds(),
                                1,
                                LONGEST_AFFINITY_SECONDS,
                                "a number of seconds")));
            default ->
                throw spec.invalid(
                        "sessionAffinity", "\"" + text + "\" is not a session affinity", "use None or ClientIP");
        };
    }

    /// `clusterIPs`, or `clusterIP` of objects older than dual stack; none for a headless Service. The family of each
    /// is the address's own: `ipFamilies` cannot say anything else.
    private List<IpAddress> clusterIps(Fields spec) {
        List<String> texts = spec.texts("clusterIPs");
        String single = spec.text("clusterIP").orElse(texts.isEmpty() ? "None" : texts.getFirst());
        if (single.isEmpty() || single.equals("None")) {
            return List.of();
        }
        if (texts.isEmpty()) {
            return Addresses.one(spec, "clusterIP", BadEntries.REFUSE::found).stream()
                    .toList();
        }
        List<IpAddress> addresses = Addresses.list(spec, "clusterIPs", badEntries::found);
        if (addresses.size() > 2
                || (addresses.size() == 2
                        && addresses.getFirst().family() == addresses.getLast().family())) {
            throw spec.invalid("clusterIPs", "has more than one address of a family", "keep one of each");
        }
        if (!addresses.isEmpty() && !IpAddress.parse(single).equals(Optional.of(addresses.getFirst()))) {
            throw spec.invalid("clusterIP", "\"" + single + "\" is not the first of clusterIPs", "make them equal");
        }
        return addresses;
    }

    private static void ports(Fields spec, ServiceBuilder service) {
        Set<String> names = new HashSet<>();
        Set<Map.Entry<Protocol, Integer>> numbers = new HashSet<>();
        List<Fields> all = spec.each("ports");
        for (Fields port : all) {
            String name = port.text("name").orElse("").intern();
            Protocol protocol = Ports.protocol(port);
            if (!port.has("port")) {
                throw port.invalid("port", "is missing", "");
            }
            int number = port.number("port", 0, 1, Ports.HIGHEST, "a port");
            if (name.isEmpty() && all.size() > 1) {
                throw port.invalid("name", "is missing", "name every port where there are several");
            }
            if (!names.add(name)) {
                throw port.invalid("name", "\"" + name + "\" is the name of another port too", "rename one");
            }
            if (!numbers.add(Map.entry(protocol, number))) {
                throw port.invalid("port", number + "/" + protocol + " is there twice", "remove one");
            }
            service.port(new ServicePort(name, protocol, number, Ports.optional(port, "nodePort")));
        }
    }

    private List<LoadBalancerIngress> ingress(Fields document) {
        List<LoadBalancerIngress> all = new ArrayList<>();
        for (Fields entry : document.at("status").at("loadBalancer").each("ingress")) {
            // An entry with only a host name is for clients with DNS.
            if (!entry.text("ip").orElse("").isEmpty()) {
                boolean vip = entry.text("ipMode").orElse("VIP").equals("VIP");
                Addresses.one(entry, "ip", badEntries::leftOut)
                        .ifPresent(address -> all.add(new LoadBalancerIngress(address, vip)));
            }
        }
        return all;
    }

    private SourceRanges sourceRanges(Fields spec) {
        String key = "loadBalancerSourceRanges";
        int entries = spec.texts(key).size();
        if (entries == 0) {
            return SourceRanges.NONE;
        }
        List<IpPrefix> prefixes = Addresses.prefixes(spec, key, badEntries::leftOut);
        return new SourceRanges(prefixes, entries - prefixes.size());
    }

    private static Map<String, String> ours(Map<String, String> annotations) {
        return annotations.entrySet().stream()
                .filter(annotation -> annotation.getKey().startsWith("culvert.io/")
                        || annotation.getKey().startsWith("service.cilium.io/"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
