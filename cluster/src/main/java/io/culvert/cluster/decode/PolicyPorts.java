// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Reads elements of `ports` and of `protocols`.
final class PolicyPorts {

    private static final List<String> PROTOCOLS = List.of("tcp", "udp", "sctp");

    private PolicyPorts() {}

    /// An element of a NetworkPolicy's `ports`.
    static PolicyPort ofNetworkPolicy(Fields fields) {
        PolicyParts.onlyKnows(fields, "protocol", "port", "endPort");
        Protocol protocol = Ports.protocol(fields);
        if (fields.mapping().entries().get("port") instanceof Value.Text) {
            if (fields.has("endPort")) {
                throw fields.invalid("endPort", "is not for a port with a name", "write the port as a number");
            }
            return new PolicyPort.Named(protocol, fields.requiredText("port"));
        }
        if (!fields.has("port")) {
            if (fields.has("endPort")) {
                throw fields.invalid("endPort", "is not for a protocol without port", "write the first port too");
            }
            return new PolicyPort.AnyPort(protocol);
        }
        int first = port(fields, "port");
        int last = fields.has("endPort") ? port(fields, "endPort") : first;
        if (last < first) {
            throw fields.invalid("endPort", last + " is below port " + first, "");
        }
        return new PolicyPort.Range(protocol, first, last);
    }

    /// An element of a ClusterNetworkPolicy's `protocols`.
    static PolicyPort ofClusterNetworkPolicy(Fields fields) {
        PolicyParts.onlyKnows(fields, "tcp", "udp", "sctp", "destinationNamedPort");
        if (fields.mapping().entries().size() != 1) {
            throw fields.invalid("", "must have exactly one of tcp, udp, sctp and destinationNamedPort", "");
        }
        if (fields.has("destinationNamedPort")) {
            return new PolicyPort.Named(null, fields.requiredText("destinationNamedPort"));
        }
        String key = PROTOCOLS.stream().filter(fields::has).findFirst().orElseThrow();
        Protocol protocol = Protocol.valueOf(key.toUpperCase(Locale.ROOT));
        Fields inner = fields.at(key);
        PolicyParts.onlyKnows(inner, "destinationPort");
        return inner.has("destinationPort")
                ? destinationPort(protocol, inner.at("destinationPort"))
                : new PolicyPort.AnyPort(protocol);
    }

    private static PolicyPort destinationPort(Protocol protocol, Fields fields) {
        PolicyParts.onlyKnows(fields, "number", "range");
        if (Stream.of("number", "range").filter(fields::has).count() != 1) {
            throw fields.invalid("number", "must be there, or range, and not both", "");
        }
        if (fields.has("number")) {
            return PolicyPort.Range.single(protocol, port(fields, "number"));
        }
        Fields range = fields.at("range");
        PolicyParts.onlyKnows(range, "start", "end");
        int start = port(range, "start");
        int end = port(range, "end");
        if (end < start) {
            throw range.invalid("end", end + " is below start " + start, "");
        }
        return new PolicyPort.Range(protocol, start, end);
    }

    private static int port(Fields fields, String key) {
        if (!fields.has(key)) {
            throw fields.invalid(key, "is missing", "");
        }
        return fields.number(key, 0, 1, Ports.HIGHEST, "a port");
    }
}
