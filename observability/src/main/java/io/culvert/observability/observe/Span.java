// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import com.google.protobuf.Timestamp;
import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetFlowsRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How many, and from when. The last 20 if nothing is said.
///
/// @param last 0: not said
/// @param first 0: not said
public record Span(
        long last,
        long first,
        boolean all,
        boolean follow,
        @Nullable String since,
        @Nullable String until) {

    private static final long DEFAULT = 20;

    /// Numbers of the API have no sign.
    private static final long EVERYTHING = -1;

    /// @throws ObserveException if two of them contradict each other
    public Span {
        refuse(first > 0 && last > 0, "--first", "--last");
        refuse(first > 0 && all, "--first", "--all");
        refuse(first > 0 && follow, "--first", "--follow");
        refuse(last > 0 && all, "--last", "--all");
        refuse(until != null && follow, "--until", "--follow");
        if (first < 0 || last < 0) {
            throw new ObserveException("--first and --last are numbers from 0 on");
        }
    }

    private static void refuse(boolean both, String one, String other) {
        if (both) {
            throw new ObserveException(one + " and " + other + " contradict each other; leave one out");
        }
    }

    private long number() {
        if (first > 0) {
            return first;
        }
        if (all && since == null && until == null) {
            return EVERYTHING;
        }
        boolean nothing = last == 0 && !follow && !all && since == null && until == null;
        return nothing ? DEFAULT : last;
    }

    private static Timestamp moment(String flag, String text, Instant now) {
        Instant moment = Moments.parse(flag, text, now);
        return Timestamp.newBuilder()
                .setSeconds(moment.getEpochSecond())
                .setNanos(moment.getNano())
                .build();
    }

    void limit(GetFlowsRequest.Builder request, Instant now) {
        request.setNumber(number()).setFirst(first > 0).setFollow(follow);
        if (since != null) {
            request.setSince(moment("--since", since, now));
        }
        if (until != null) {
            request.setUntil(moment("--until", until, now));
        }
    }

    /// As a request for what the agent did.
    ///
    /// @throws ObserveException if a time is none
    public GetAgentEventsRequest agentEvents(Instant now) {
        GetAgentEventsRequest.Builder request = GetAgentEventsRequest.newBuilder()
                .setNumber(number())
                .setFirst(first > 0)
                .setFollow(follow);
        if (since != null) {
            request.setSince(moment("--since", since, now));
        }
        if (until != null) {
            request.setUntil(moment("--until", until, now));
        }
        return request.build();
    }
}
