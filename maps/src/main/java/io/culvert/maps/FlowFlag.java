// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

/// What the packets of a flow have shown. The bits are `FLOW_*` of `layout.h`.
public enum FlowFlag {
    /// The client sent SYN.
    SYN(1, "syn"),
    /// The backend answered.
    ANSWERED(1 << 1, "answered"),
    /// The client sent FIN.
    CLIENT_CLOSED(1 << 2, "client-closed"),
    /// The backend sent FIN.
    SERVER_CLOSED(1 << 3, "server-closed"),
    /// Either side sent RST.
    RESET(1 << 4, "reset"),
    /// Client and backend are one pod; the source is a node address.
    HAIRPIN(1 << 5, "hairpin"),
    /// Source and its port differ from the client's, so that both ends are rewritten at once.
    OTHER_SOURCE(1 << 6, "other-source"),
    /// The backend sees an address of this node, put there as packets leave towards it.
    MASQUERADED(1 << 7, "masqueraded"),
    /// The client is this node; replies are translated where they come in.
    HOST(1 << 8, "host"),
    /// The connection is reset when its backend is removed.
    RESET_REMOVED(1 << 9, "reset-removed"),
    /// Its end was told as an event.
    TOLD(1 << 10, "told"),
    /// It counts as open at its backend, for an algorithm that asks.
    COUNTED(1 << 11, "counted"),
    /// It does not any more.
    RELEASED(1 << 12, "released"),
    /// It is handed to the backend's node in an outer header, and answered from there.
    DSR(1 << 13, "dsr"),
    /// Its packets are forwarded past the stack of this node.
    ROUTED(1 << 14, "routed");

    private final int bit;
    private final String text;

    FlowFlag(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    /// The bit in [Flow#state].
    public int bit() {
        return bit;
    }

    @Override
    public String toString() {
        return text;
    }
}
