// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.AffinityEntry;
import io.culvert.agent.control.v1.Connection;
import io.culvert.agent.control.v1.ConnectionFilter;
import io.culvert.agent.control.v1.Socket;
import io.culvert.agent.view.AffinityRow;
import io.culvert.agent.view.ConnectionRow;
import io.culvert.agent.view.SocketRow;
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.util.stream.Collectors;

/// Connections and their filters as messages of `control.proto`, and back.
final class ConnectionMessages {

    private ConnectionMessages() {}

    static ConnectionFilter of(FlowFilter filter) {
        ConnectionFilter.Builder message = ConnectionFilter.newBuilder();
        filter.service().ifPresent(service -> message.setService(service.toString()));
        filter.backend().ifPresent(backend -> message.setBackend(backend.toString()));
        filter.backendPort().ifPresent(message::setBackendPort);
        filter.client().ifPresent(client -> message.setClient(client.toString()));
        filter.protocol().ifPresent(protocol -> message.setProtocol(protocol.name()));
        filter.pod().ifPresent(pod -> message.setPod(pod.toString()));
        filter.ends().forEach(end -> message.addEnds(end.toString()));
        return message.build();
    }

    /// @throws IllegalArgumentException if a part of it cannot be read
    static FlowFilter of(ConnectionFilter message) {
        FlowFilter filter = FlowFilter.ALL;
        if (!message.getService().isEmpty()) {
            filter = filter.withService(objectName(message.getService()));
        }
        if (!message.getBackend().isEmpty()) {
            filter = filter.withBackend(IpAddress.of(message.getBackend()));
        }
        if (message.getBackendPort() != 0) {
            filter = filter.withBackendPort(message.getBackendPort());
        }
        if (!message.getClient().isEmpty()) {
            filter = filter.withClient(IpAddress.of(message.getClient()));
        }
        if (!message.getProtocol().isEmpty()) {
            filter = filter.withProtocol(Protocol.valueOf(message.getProtocol()));
        }
        if (message.getEndsCount() > 0) {
            filter = filter.withEnds(
                    message.getEndsList().stream().map(IpAddress::of).collect(Collectors.toUnmodifiableSet()));
        }
        return message.getPod().isEmpty() ? filter : filter.withPod(objectName(message.getPod()));
    }

    private static ObjectName objectName(String text) {
        String[] parts = text.split("/", 2);
        return parts.length == 2 ? new ObjectName(parts[0], parts[1]) : new ObjectName("", parts[0]);
    }

    static AffinityEntry of(AffinityRow row) {
        return AffinityEntry.newBuilder()
                .setServiceName(row.serviceName())
                .setProtocol(row.protocol())
                .setService(row.service())
                .setClient(row.client())
                .setBackend(of(row.backend()))
                .setAgeSeconds(row.ageSeconds())
                .setRemainingSeconds(row.remainingSeconds())
                .build();
    }

    static AffinityRow of(AffinityEntry message) {
        return new AffinityRow(
                message.getServiceName(),
                message.getProtocol(),
                message.getService(),
                message.getClient(),
                of(message.getBackend()),
                message.getAgeSeconds(),
                message.getRemainingSeconds());
    }

    static Connection of(ConnectionRow row) {
        return Connection.newBuilder()
                .setProtocol(row.protocol())
                .setServiceName(row.serviceName())
                .setClient(of(row.client()))
                .setService(of(row.service()))
                .setBackend(of(row.backend()))
                .setSource(of(row.source()))
                .setBackendId(row.backendId())
                .setState(row.state())
                .setAgeSeconds(row.ageSeconds())
                .setIdleSeconds(row.idleSeconds())
                .setExpiresInSeconds(row.expiresInSeconds())
                .setSentPackets(row.sentPackets())
                .setSentBytes(row.sentBytes())
                .setReceivedPackets(row.receivedPackets())
                .setReceivedBytes(row.receivedBytes())
                .build();
    }

    static ConnectionRow of(Connection message) {
        return new ConnectionRow(
                message.getProtocol(),
                message.getServiceName(),
                of(message.getClient()),
                of(message.getService()),
                of(message.getBackend()),
                of(message.getSource()),
                message.getBackendId(),
                message.getState(),
                message.getAgeSeconds(),
                message.getIdleSeconds(),
                message.getExpiresInSeconds(),
                message.getSentPackets(),
                message.getSentBytes(),
                message.getReceivedPackets(),
                message.getReceivedBytes());
    }

    private static Socket of(SocketRow row) {
        return Socket.newBuilder().setAddress(row.address()).setPort(row.port()).build();
    }

    private static SocketRow of(Socket message) {
        return new SocketRow(message.getAddress(), message.getPort());
    }
}
