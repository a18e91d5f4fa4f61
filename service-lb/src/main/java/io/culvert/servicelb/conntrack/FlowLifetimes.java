// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.FlowFlag;
import io.culvert.maps.RawFlow;
import io.culvert.maps.datapath.FlowTimeouts;
import io.culvert.net.Protocol;
import java.time.Duration;

/// Time without a packet after which a flow is as good as absent, by what its packets showed.
///
/// @param timeouts that the programs were loaded with (`config.h`)
public record FlowLifetimes(FlowTimeouts timeouts) {

    private static final int ONE_SIDE_CLOSED = FlowFlag.CLIENT_CLOSED.bit() | FlowFlag.SERVER_CLOSED.bit();

    /// What the programs are built with.
    public static final FlowLifetimes DEFAULT = new FlowLifetimes(FlowTimeouts.DEFAULT);

    /// The timeout, in nanoseconds, of a connection whose packets in both directions showed `state`.
    long nanos(Protocol protocol, int state) {
        return nanos(protocol == Protocol.UDP, state);
    }

    private long nanos(boolean datagrams, int state) {
        Duration timeout = switch (ConnectionState.of(state)) {
            case OPENING -> datagrams ? timeouts.udp() : timeouts.tcpSyn();
            case ESTABLISHED -> datagrams ? timeouts.udpStream() : timeouts.tcpEstablished();
            case CLOSED -> datagrams ? timeouts.udpStream() : timeouts.tcpClosing();
        };
        return timeout.toNanos();
    }

    /// The shortest timeout, in nanoseconds, that this entry can have whatever its partner shows.
    long atLeastNanos(RawFlow flow) {
        int state = flow.state();
        return nanos(
                flow.protocol() == Protocol.UDP.number(),
                (state & ONE_SIDE_CLOSED) == 0 ? state : state | FlowFlag.RESET.bit());
    }
}
