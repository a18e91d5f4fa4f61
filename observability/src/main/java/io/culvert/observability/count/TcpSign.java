// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

/// What a TCP segment says of its connection, with the names of Hubble's metrics.
public enum TcpSign {
    SYN("SYN"),
    SYN_ACK("SYN-ACK"),
    FIN("FIN"),
    RST("RST");

    /// Flags that say any of this are below this.
    static final int FLAGS = 32;

    private static final int BIT_FIN = 1;
    private static final int BIT_SYN = 2;
    private static final int BIT_RST = 4;
    private static final int BIT_ACK = 16;

    private final String text;

    TcpSign(String text) {
        this.text = text;
    }

    /// Whether a segment with these flags opens a connection.
    public static boolean opens(int flags) {
        return (flags & (BIT_SYN | BIT_ACK)) == BIT_SYN;
    }

    /// Whether a segment with these flags says any of this.
    static boolean any(int flags) {
        return (flags & (BIT_FIN | BIT_SYN | BIT_RST)) != 0;
    }

    /// @param flags as in the header
    boolean in(int flags) {
        return switch (this) {
            case SYN -> opens(flags);
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
