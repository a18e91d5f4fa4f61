// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.datapath.FlowTimeouts;
import io.culvert.net.Protocol;
import java.time.Duration;

/// Time without a packet after which a flow is as good as absent, by what its packets showed.
///
/// @param timeouts that the programs were loaded with (`config.h`)
public record FlowLifetimes(FlowTimeouts timeouts) {

    /// What the programs are built with.
    public static final FlowLifetimes DEFAULT = new FlowLifetimes(FlowTimeouts.DEFAULT);

    /// The timeout, in nanoseconds, of a connection whose packets in both directions showed `state`.
    long nanos(Protocol protocol, int state) {
        Duration timeout = switch (ConnectionState.of(state)) {
            case OPENING -> protocol == Protocol.UDP ? timeouts.udp() : timeouts.tcpSyn();
            case ESTABLISHED -> protocol == Protocol.UDP ? timeouts.udpStream() : timeouts.tcpEstablished();
            case CLOSED -> protocol == Protocol.UDP ? timeouts.udpStream() : timeouts.tcpClosing();
        };
        return timeout.toNanos();
    }

    /// The shortest timeout, in nanoseconds, that this entry can have whatever its partner shows.
    long atLeastNanos(Flow flow) {
        boolean mayBeClosed = flow.has(FlowFlag.CLIENT_CLOSED) || flow.has(FlowFlag.SERVER_CLOSED);
        return nanos(flow.protocol(), mayBeClosed ? flow.state() | FlowFlag.RESET.bit() : flow.state());
    }
}
