// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.FlowFlag.ANSWERED;
import static io.culvert.maps.FlowFlag.CLIENT_CLOSED;
import static io.culvert.maps.FlowFlag.RESET;
import static io.culvert.maps.FlowFlag.SERVER_CLOSED;

import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;

/// One entry of the flow table.
final class Entry {

    final Connection connection;
    final FlowRole role;
    int state;
    long packets;
    long bytes;

    /// Seconds since a packet met it.
    int age;

    Entry(Connection connection, FlowRole role, int state) {
        this.connection = connection;
        this.role = role;
        this.state = state;
    }

    FlowKey key() {
        return connection.key(role);
    }

    boolean has(FlowFlag flag) {
        return (state & flag.bit()) != 0;
    }

    boolean isForward(Packet packet) {
        return role == FlowRole.FORWARD && packet.source().equals(connection.client);
    }

    boolean isFromBackend(Packet packet) {
        return role != FlowRole.FORWARD && packet.source().equals(connection.backend);
    }

    /// Whether it was reset, or closed by both sides.
    boolean hasEnded() {
        return has(RESET) || (has(CLIENT_CLOSED) && has(SERVER_CLOSED));
    }

    boolean isIdle(Settings settings) {
        return age > settings.timeout(connection.protocol, has(ANSWERED), hasEnded());
    }

    /// Counts a packet in the direction that this entry translates.
    void count(Frame frame) {
        age = 0;
        packets++;
        bytes += frame.counted();
    }

    void show(FlowFlag flag, boolean shown) {
        state |= shown ? flag.bit() : 0;
    }
}
