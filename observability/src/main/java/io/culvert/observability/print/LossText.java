// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import io.culvert.observability.api.flow.LostEvent;

/// What nobody can be shown, why, and what helps.
final class LossText {

    private LossText() {}

    static String of(LostEvent loss) {
        String remedy = switch (loss.getSource()) {
            case PERF_EVENT_RING_BUFFER -> "the kernel's ring was full; set flow-aggregation of the agent to tell less";
            case OBSERVER_EVENTS_QUEUE -> "the agent's queue was full";
            case HUBBLE_RING_BUFFER ->
                "they were overwritten before they were read; narrow the filter, or give the agent a larger flow-buffer";
            case UNKNOWN_LOST_EVENT_SOURCE, UNRECOGNIZED -> "nobody knows where";
        };
        return "EVENTS LOST: " + loss.getSource() + " CPU(" + loss.getCpu().getValue() + ") "
                + Long.toUnsignedString(loss.getNumEventsLost()) + "; " + remedy;
    }
}
