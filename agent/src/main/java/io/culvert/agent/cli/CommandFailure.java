// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import java.io.Serial;

/// Ends a verb with one line on stderr: operation, object, reason, what to do.
public final class CommandFailure extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;

    public CommandFailure(String message) {
        this(ExitStatus.FAILED, message);
    }

    public CommandFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    /// One of [ExitStatus].
    public int status() {
        return status;
    }
}
