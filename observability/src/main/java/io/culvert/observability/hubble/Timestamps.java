// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/// Moments, as messages have them.
final class Timestamps {

    private Timestamps() {}

    static Timestamp of(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /// @param timestamp a valid one
    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }
}
