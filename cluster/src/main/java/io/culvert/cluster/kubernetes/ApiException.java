// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import java.io.IOException;
import java.io.Serial;

/// The API server could not be asked, refused, or answered with something else than an answer.
final class ApiException extends IOException {

    @Serial
    private static final long serialVersionUID = 1;

    private static final int NO_STATUS = 0;
    private static final int GONE = 410;
    private static final int TOO_MANY = 429;
    private static final int TROUBLE = 500;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final int status;

    /// @param message what happened, in a few words
    ApiException(String message) {
        this(NO_STATUS, message);
    }

    /// @param status HTTP status or the code of a Status object
    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    /// Whether the server itself said no, so that the same question again is of no use.
    boolean refused() {
        return status != NO_STATUS;
    }

    /// Whether the server had no time, or trouble of its own, and may answer otherwise soon.
    boolean passing() {
        return status == TOO_MANY || status >= TROUBLE;
    }

    /// Whether the version that was asked for is too old to go on from.
    boolean gone() {
        return status == GONE;
    }

    /// Whether the server does not know what was asked for.
    boolean unknown() {
        return status == NOT_FOUND;
    }

    /// Whether the server does not tell this agent.
    boolean forbidden() {
        return status == FORBIDDEN;
    }

    /// What to do about it, or the empty string.
    String remedy() {
        return switch (status) {
            case 401 -> "check the credentials of the agent";
            default -> "";
        };
    }
}
