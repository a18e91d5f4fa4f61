// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.Optional;

/// Which connections are meant: those for which everything that is said here is true.
///
/// @param service the Service that the client dialled
/// @param backendPort of the backend, 1 to 65535
public record FlowFilter(
        Optional<ObjectName> service,
        Optional<IpAddress> backend,
        Optional<Integer> backendPort,
        Optional<IpAddress> client,
        Optional<Protocol> protocol) {

    /// Every connection.
    public static final FlowFilter ALL =
            new FlowFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public FlowFilter withService(ObjectName value) {
        return new FlowFilter(Optional.of(value), backend, backendPort, client, protocol);
    }

    public FlowFilter withBackend(IpAddress value) {
        return new FlowFilter(service, Optional.of(value), backendPort, client, protocol);
    }

    public FlowFilter withBackendPort(int value) {
        return new FlowFilter(service, backend, Optional.of(value), client, protocol);
    }

    public FlowFilter withClient(IpAddress value) {
        return new FlowFilter(service, backend, backendPort, Optional.of(value), protocol);
    }

    public FlowFilter withProtocol(Protocol value) {
        return new FlowFilter(service, backend, backendPort, client, Optional.of(value));
    }

    boolean matches(Connection connection) {
        Optional<ObjectName> dialled = connection.name().map(name -> name.service());
        return protocol.stream().allMatch(connection.protocol()::equals)
                && client.stream().allMatch(connection.client().address()::equals)
                && backend.stream().allMatch(connection.backend().address()::equals)
                && backendPort.stream()
                        .allMatch(port -> port == connection.backend().port())
                && service.stream().allMatch(wanted -> dialled.equals(Optional.of(wanted)));
    }
}
