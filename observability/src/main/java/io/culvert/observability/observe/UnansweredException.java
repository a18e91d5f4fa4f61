// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import io.grpc.Status;
import java.io.Serial;

/// Nobody answered, or the answer is no.
public final class UnansweredException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final boolean nobodyThere;

    UnansweredException(String message, boolean nobodyThere) {
        super(message);
        this.nobodyThere = nobodyThere;
    }

    static UnansweredException of(ObserverAddress address, Status status) {
        String reason = status.getDescription() == null ? cause(status) : status.getDescription();
        boolean nobodyThere = status.getCode() == Status.Code.UNAVAILABLE;
        String remedy = switch (status.getCode()) {
            case UNAVAILABLE -> "; is an agent running there, and are the TLS options right?";
            case INVALID_ARGUMENT -> "";
            default -> "; see the agent's log";
        };
        return new UnansweredException(
                "observe " + address + ": " + status.getCode() + ": " + reason + remedy, nobodyThere);
    }

    private static String cause(Status status) {
        return status.getCause() == null
                ? "no reason given"
                : String.valueOf(status.getCause().getMessage());
    }

    /// Whether nobody listens there, rather than somebody who says no.
    public boolean nobodyThere() {
        return nobodyThere;
    }
}
