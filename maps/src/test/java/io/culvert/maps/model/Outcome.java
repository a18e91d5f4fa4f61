// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import java.util.HexFormat;

/// What becomes of a packet.
///
/// @param verdict a `TC_ACT_*` number
/// @param bytes of the packet that comes out; of no meaning where none does
/// @param why for people
/// @param isTranslated whether it has other ends than before
@SuppressWarnings("ArrayRecordComponent")
record Outcome(int verdict, byte[] bytes, String why, boolean isTranslated) {

    /// `TC_ACT_UNSPEC`: the packet goes on, and programs attached later run.
    static final int PASS = -1;

    /// `TC_ACT_SHOT`
    static final int DROP = 2;

    /// `TC_ACT_REDIRECT`: back out of the interface that it came in by, or out of the one that leads to the backend.
    static final int REDIRECT = 7;

    static Outcome untouched(Frame frame, String why) {
        return new Outcome(PASS, frame.bytes(), why, false);
    }

    static Outcome dropped(String why) {
        return new Outcome(DROP, new byte[0], why, false);
    }

    static Outcome translated(byte[] bytes, String why) {
        return new Outcome(PASS, bytes, why, true);
    }

    /// Translated, and back out of the interface that it came in by.
    static Outcome turned(byte[] bytes, String why) {
        return new Outcome(REDIRECT, Refusal.turned(bytes), why, true);
    }

    /// Out of the interface that leads to the backend.
    Outcome sentOn() {
        return new Outcome(REDIRECT, bytes, why + ", sent on", isTranslated);
    }

    @Override
    public String toString() {
        return "verdict " + verdict + " (" + why + ") " + HexFormat.of().formatHex(bytes);
    }
}
