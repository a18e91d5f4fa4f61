// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.Serial;
import java.nio.file.Path;

/// The agent did not answer.
public final class ControlException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final boolean nobodyThere;

    private ControlException(String message, boolean nobodyThere, Throwable cause) {
        super(message, cause);
        this.nobodyThere = nobodyThere;
    }

    static ControlException of(Path socket, StatusRuntimeException exception) {
        Status status = exception.getStatus();
        if (status.getCode() == Status.Code.NOT_FOUND && status.getDescription() != null) {
            return new ControlException(status.getDescription(), false, exception);
        }
        boolean nobodyThere = status.getCode() == Status.Code.UNAVAILABLE;
        String description = status.getDescription() == null ? "" : ": " + status.getDescription();
        return new ControlException(
                "ask the agent at " + socket + ": " + status.getCode() + description + "; see the agent's log",
                nobodyThere,
                exception);
    }

    /// Whether no agent listens, rather than one that fails.
    public boolean nobodyThere() {
        return nobodyThere;
    }
}
