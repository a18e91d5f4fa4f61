// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.Arrays;
import java.util.Optional;

/// Why a packet was dropped: the key of `drops`. Reasons shared with Hubble keep Hubble's numbers.
public enum DropReason {
    POLICY_DENIED(133),
    INVALID_PACKET(134),
    MISSED_TAIL_CALL(140),
    WRITE_ERROR(141),
    FLOW_TABLE_FULL(155),
    NO_BACKEND(158),
    NO_SOURCE_PORT(167),
    NO_ROUTE(169),
    UNALLOCATED(174),
    FRAGMENT_NOT_FOUND(175),
    SOURCE_RANGE(177),
    POLICY_DENY(181),
    REJECT_RATE_LIMITED(198),
    NO_LOCAL_BACKEND(210),
    BACKEND_REMOVED(211),
    NODE_PORT_BIND(212),
    POLICY_NO_STATE(213),
    POLICY_UNKNOWN_POD(214),
    POLICY_AUDIT(215),
    POLICY_MIDSTREAM(216),
    TOO_BIG(217),
    DSR_NO_BACKEND(218);

    /// `DROP_REASONS`: numbers are below this.
    public static final int COUNT = 256;

    private final int number;

    DropReason(int number) {
        this.number = number;
    }

    /// `DROP_*` of `layout.h`.
    public int number() {
        return number;
    }

    /// Whether packets that are counted here passed all the same.
    public boolean passes() {
        return this == POLICY_AUDIT || this == POLICY_MIDSTREAM;
    }

    /// The reason with this number, or empty.
    public static Optional<DropReason> ofNumber(int number) {
        return Arrays.stream(values()).filter(reason -> reason.number == number).findFirst();
    }
}
