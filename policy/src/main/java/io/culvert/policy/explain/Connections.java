// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.policy.explain.PolicyQuestion.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The connections that a question means.
final class Connections {

    /// As policies see it.
    record Connection(IpAddress source, IpAddress destination, int protocol, int port) {}

    private final SeenCluster cluster;
    private final List<ServiceTargets> services;
    private final List<String> notes = new ArrayList<>();

    Connections(SeenCluster cluster, List<ServiceTargets> services) {
        this.cluster = cluster;
        this.services = services;
    }

    /// What [#of] found worth saying.
    List<String> notes() {
        return notes;
    }

    /// All pairs of addresses of one family.
    ///
    /// @throws IllegalArgumentException with one line for the user if something is not there
    List<Connection> of(PolicyQuestion question) {
        List<IpAddress> sources = switch (question.from()) {
            case End.Named named -> addresses(pod(named.name()));
            case End.At at -> List.of(at.address());
        };
        Optional<ServiceTargets> service = service(question.to());
        if (service.isPresent()) {
            return pairs(sources, targets(service.get(), question));
        }
        List<IpAddress> destinations = switch (question.to()) {
            case End.Named named -> addresses(pod(named.name()));
            case End.At at -> List.of(at.address());
        };
        int protocol = question.protocol()
                .orElseThrow(() ->
                        new IllegalArgumentException("explain a connection: no port; name one, as 80/TCP, or icmp"));
        return pairs(
                sources,
                destinations.stream()
                        .map(address -> new Connection(
                                address, address, protocol, question.port().orElse(0)))
                        .toList());
    }

    private static List<Connection> pairs(List<IpAddress> sources, List<Connection> destinations) {
        List<Connection> pairs = new ArrayList<>();
        for (Connection to : destinations) {
            sources.stream()
                    .filter(from -> from.family() == to.destination().family())
                    .forEach(from -> pairs.add(new Connection(from, to.destination(), to.protocol(), to.port())));
        }
        if (pairs.isEmpty() && !destinations.isEmpty()) {
            throw new IllegalArgumentException(
                    "explain a connection: the two ends have no addresses of the same family; name other ends");
        }
        return pairs;
    }

    private PolicyPod pod(ObjectName name) {
        return cluster.pod(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "find pod " + name + ": there is none; name namespace/name of a pod, or an address"));
    }

    private List<IpAddress> addresses(PolicyPod pod) {
        if (pod.finished() || pod.addresses().isEmpty()) {
            throw new IllegalArgumentException("explain a connection of pod " + pod.name() + ": it "
                    + (pod.finished() ? "has ended" : "has no address yet") + "; name a pod that runs");
        }
        if (pod.hostNetwork()) {
            note("pod " + pod.name()
                    + " is in its node's network: no policy applies to it, and none knows it as a pod");
        }
        return pod.addresses();
    }

    private Optional<ServiceTargets> service(End to) {
        return switch (to) {
            case End.Named named ->
                cluster.pod(named.name()).isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                services.stream()
                                        .filter(service -> service.name().equals(named.name()))
                                        .findFirst()
                                        .orElseThrow(
                                                () -> new IllegalArgumentException(
                                                        "find " + named.name()
                                                                + ": no pod and no Service has this name; name namespace/name, or an address")));
            case End.At at ->
                services.stream()
                        .filter(service -> service.clusterIps().contains(at.address()))
                        .findFirst();
        };
    }

    private List<Connection> targets(ServiceTargets service, PolicyQuestion question) {
        List<ServiceTargets.Port> ports = service.ports().stream()
                .filter(port -> question.port().isEmpty() || question.port().equals(OptionalInt.of(port.port())))
                .filter(port -> question.protocol().isEmpty()
                        || question.protocol()
                                .equals(OptionalInt.of(port.protocol().number())))
                .toList();
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("explain a connection to Service " + service.name()
                    + ": it has no such port; it has "
                    + String.join(
                            ", ",
                            service.ports().stream()
                                    .map(port -> port.port() + "/" + port.protocol())
                                    .toList()));
        }
        List<Connection> targets = new ArrayList<>();
        for (ServiceTargets.Port port : ports) {
            int protocol = port.protocol().number();
            port.targets()
                    .forEach(target ->
                            targets.add(new Connection(target.address(), target.address(), protocol, target.port())));
            note(service(service, port));
        }
        return targets;
    }

    private static String service(ServiceTargets service, ServiceTargets.Port port) {
        String text = "Service " + service.name() + " port " + port.port() + "/" + port.protocol();
        return port.targets().isEmpty()
                ? text + " has no endpoints: connections to it are refused before any policy is asked"
                : text + " leads to " + port.targets().size() + " endpoints; policies see these, never the Service";
    }

    private void note(String text) {
        if (!notes.contains(text)) {
            notes.add(text);
        }
    }

    /// `80/TCP`, or `protocol 1` without ports.
    static String port(int protocol, int port) {
        return Protocol.ofNumber(protocol).map(known -> port + "/" + known).orElse("protocol " + protocol);
    }
}
