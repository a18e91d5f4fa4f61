// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.FlowFlag;

/// How far a connection has come, as its packets showed.
public enum ConnectionState {
    /// The backend has not answered.
    OPENING("opening"),
    /// Both sides have spoken.
    ESTABLISHED("established"),
    /// TCP that was reset, or that both sides closed.
    CLOSED("closed");

    private static final int BOTH_CLOSED = FlowFlag.CLIENT_CLOSED.bit() | FlowFlag.SERVER_CLOSED.bit();

    private final String text;

    ConnectionState(String text) {
        this.text = text;
    }

    /// @param state bits of [FlowFlag], of both entries of the connection
    static ConnectionState of(int state) {
        if ((state & FlowFlag.RESET.bit()) != 0 || (state & BOTH_CLOSED) == BOTH_CLOSED) {
            return CLOSED;
        }
        return (state & FlowFlag.ANSWERED.bit()) != 0 ? ESTABLISHED : OPENING;
    }

    /// As users see it.
    @Override
    public String toString() {
        return text;
    }
}
