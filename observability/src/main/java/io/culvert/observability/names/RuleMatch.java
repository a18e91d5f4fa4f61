// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

/// What of a connection a rule asks about, with Hubble's numbers: as it is written, not as it happened to fit.
public enum RuleMatch {
    /// No rule decided, or one that nobody knows any more.
    NONE(0),
    /// Who the other end is.
    PEER(1),
    /// That, and ports.
    PEER_AND_PORT(2),
    /// Ports, whoever the other end is.
    PORT(3),
    /// Nothing: it holds for everyone.
    ALL(4),
    /// Who the other end is, and protocols with all of their ports.
    PEER_AND_PROTOCOL(5),
    /// Protocols with all of their ports, whoever the other end is.
    PROTOCOL(6);

    private final int number;

    RuleMatch(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /// Of what a rule has.
    ///
    /// @param peers whether it names anybody
    /// @param ports whether it names a port
    /// @param protocols whether it names a protocol, with ports or without
    public static RuleMatch of(boolean peers, boolean ports, boolean protocols) {
        if (ports) {
            return peers ? PEER_AND_PORT : PORT;
        }
        if (protocols) {
            return peers ? PEER_AND_PROTOCOL : PROTOCOL;
        }
        return peers ? PEER : ALL;
    }
}
