// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.Optional;
import java.util.Set;

/// Which connections are meant: those for which everything that is said here is true.
///
/// @param service the Service that the client dialled
/// @param backendPort of the backend, 1 to 65535
/// @param pod client or backend, by name: whoever knows pods puts its addresses into `ends` by [#withEnds]
/// @param ends addresses of which client or backend has one; empty: any
public record FlowFilter(
        Optional<ObjectName> service,
        Optional<IpAddress> backend,
        Optional<Integer> backendPort,
        Optional<IpAddress> client,
        Optional<Protocol> protocol,
        Optional<ObjectName> pod,
        Set<IpAddress> ends) {

    /// Every connection.
    public static final FlowFilter ALL = new FlowFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Set.of());

    public FlowFilter {
        ends = Set.copyOf(ends);
    }

    public FlowFilter withService(ObjectName value) {
        return new FlowFilter(Optional.of(value), backend, backendPort, client, protocol, pod, ends);
    }

    public FlowFilter withBackend(IpAddress value) {
        return new FlowFilter(service, Optional.of(value), backendPort, client, protocol, pod, ends);
    }

    public FlowFilter withBackendPort(int value) {
        return new FlowFilter(service, backend, Optional.of(value), client, protocol, pod, ends);
    }

    public FlowFilter withClient(IpAddress value) {
        return new FlowFilter(service, backend, backendPort, Optional.of(value), protocol, pod, ends);
    }

    public FlowFilter withProtocol(Protocol value) {
        return new FlowFilter(service, backend, backendPort, client, Optional.of(value), pod, ends);
    }

    public FlowFilter withPod(ObjectName value) {
        return new FlowFilter(service, backend, backendPort, client, protocol, Optional.of(value), ends);
    }

    /// @param value the addresses of a pod; it need not be named any more
    public FlowFilter withEnds(Set<IpAddress> value) {
        return new FlowFilter(service, backend, backendPort, client, protocol, Optional.empty(), value);
    }

    /// Whether only somebody who knows the cluster can tell what is meant.
    public boolean hasNames() {
        return service.isPresent() || pod.isPresent();
    }

    /// @throws IllegalStateException if a pod is named whose addresses are not given
    boolean matches(Connection connection) {
        if (pod.isPresent()) {
            throw new IllegalStateException("addresses of pod " + pod.get() + " are not known");
        }
        Optional<ObjectName> dialled = connection.name().map(name -> name.service());
        return protocol.stream().allMatch(connection.protocol()::equals)
                && client.stream().allMatch(connection.client().address()::equals)
                && backend.stream().allMatch(connection.backend().address()::equals)
                && backendPort.stream()
                        .allMatch(port -> port == connection.backend().port())
                && (ends.isEmpty()
                        || ends.contains(connection.client().address())
                        || ends.contains(connection.backend().address()))
                && service.stream().allMatch(wanted -> dialled.equals(Optional.of(wanted)));
    }
}
