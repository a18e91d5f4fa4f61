// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

/// What a TCP segment says of its connection, with the names of Hubble's metrics.
public enum TcpSign {
    SYN(0, "SYN"),
    SYN_ACK(1, "SYN-ACK"),
    FIN(2, "FIN"),
    RST(3, "RST");

    /// Places are below this.
    static final int COUNT = 4;

    private static final int BIT_FIN = 1;
    private static final int BIT_SYN = 2;
    private static final int BIT_RST = 4;
    private static final int BIT_ACK = 16;

    private final int place;
    private final String text;

    TcpSign(int place, String text) {
        this.place = place;
        this.text = text;
    }

    /// In arrays.
    int place() {
        return place;
    }

    /// Whether a segment with these flags opens a connection.
    static boolean opens(int flags) {
        return SYN.in(flags);
    }

    /// Whether a segment with these flags says any of this.
    static boolean any(int flags) {
        return (flags & (BIT_FIN | BIT_SYN | BIT_RST)) != 0;
    }

    /// @param flags as in the header
    boolean in(int flags) {
        return switch (this) {
            case SYN -> (flags & (BIT_SYN | BIT_ACK)) == BIT_SYN;
            case SYN_ACK -> (flags & (BIT_SYN | BIT_ACK)) == (BIT_SYN | BIT_ACK);
            case FIN -> (flags & BIT_FIN) != 0;
            case RST -> (flags & BIT_RST) != 0;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
