// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.datapath.DatapathSettings;
import io.culvert.net.Protocol;
import java.time.Duration;

/// Time without a packet after which a flow is as good as absent. They must be those that the programs were loaded
/// with (`config.h`).
///
/// @param tcpSyn TCP that the backend did not answer
/// @param tcpEstablished TCP that it did
/// @param tcpClosing TCP that was reset, or closed from both sides
/// @param udp UDP that the backend did not answer
/// @param udpStream UDP that it did
public record FlowTimeouts(
        Duration tcpSyn, Duration tcpEstablished, Duration tcpClosing, Duration udp, Duration udpStream) {

    /// What the programs are built with.
    public static final FlowTimeouts DEFAULT = of(DatapathSettings.DEFAULT);

    /// What programs with these settings go by.
    public static FlowTimeouts of(DatapathSettings settings) {
        return new FlowTimeouts(
                settings.tcpSyn(),
                settings.tcpEstablished(),
                settings.tcpClosing(),
                settings.udp(),
                settings.udpStream());
    }

    /// The timeout, in nanoseconds, of a connection whose packets in both directions showed `state`.
    long nanos(Protocol protocol, int state) {
        Duration timeout = switch (ConnectionState.of(state)) {
            case OPENING -> protocol == Protocol.UDP ? udp : tcpSyn;
            case ESTABLISHED -> protocol == Protocol.UDP ? udpStream : tcpEstablished;
            case CLOSED -> protocol == Protocol.UDP ? udpStream : tcpClosing;
        };
        return timeout.toNanos();
    }

    /// The shortest timeout, in nanoseconds, that this entry can have whatever its partner shows.
    long atLeastNanos(Flow flow) {
        boolean mayBeClosed = flow.has(FlowFlag.CLIENT_CLOSED) || flow.has(FlowFlag.SERVER_CLOSED);
        return nanos(flow.protocol(), mayBeClosed ? flow.state() | FlowFlag.RESET.bit() : flow.state());
    }
}
