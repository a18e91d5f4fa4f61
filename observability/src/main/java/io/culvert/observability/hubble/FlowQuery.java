// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import com.google.protobuf.Timestamp;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.flow.FlowHistory.Period;
import io.culvert.observability.flow.WallClock;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When the flows are from that an observer asks for, and how many they are.
///
/// | first | number | follow | |
/// |---|---|---|---|
/// | no | N | no | the last N of the period |
/// | no | N | yes | the same, and then all that come |
/// | no | 0 | no | all of the period |
/// | no | 0 | yes | all of the period if `since` is given; and then all that come |
/// | yes | N | no | the first N of the period |
/// | yes | any | yes | all from the first of the period on |
///
/// @param number as an unsigned number; 0: not limited
record FlowQuery(long number, boolean first, boolean follow, boolean sinceGiven, Period period) {

    static final String BACKWARD = "read the period: until is before since";

    /// @throws StatusRuntimeException INVALID_ARGUMENT, in one line, if it makes no sense
    static FlowQuery of(GetFlowsRequest request, WallClock clock) {
        Period period = period(
                request.hasSince() ? request.getSince() : null, request.hasUntil() ? request.getUntil() : null, clock);
        return new FlowQuery(request.getNumber(), request.getFirst(), request.getFollow(), request.hasSince(), period);
    }

    private static Period period(@Nullable Timestamp since, @Nullable Timestamp until, WallClock clock) {
        Period period = new Period(
                since == null ? Long.MIN_VALUE : clock.firstAt(instant("since", since)),
                until == null ? Long.MAX_VALUE : clock.lastAt(instant("until", until)));
        if (period.since() > period.until()) {
            throw Status.INVALID_ARGUMENT.withDescription(BACKWARD).asRuntimeException();
        }
        return period;
    }

    /// @throws StatusRuntimeException INVALID_ARGUMENT if it is no time
    static Instant instant(String name, Timestamp timestamp) {
        if (!com.google.protobuf.util.Timestamps.isValid(timestamp)) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("read " + name + ": no time between the years 1 and 9999")
                    .asRuntimeException();
        }
        return Timestamps.instant(timestamp);
    }

    /// Whether what was looked for in the past is counted; what comes never is.
    boolean isCounted() {
        return number != 0 && !follow;
    }

    /// Whether it begins with the last ones, and not with the first of the period.
    boolean isFromTheEnd() {
        return number != 0 && !first;
    }

    /// Whether only what comes is wanted.
    boolean isOfTheFuture() {
        return follow && number == 0 && !first && !sinceGiven;
    }
}
