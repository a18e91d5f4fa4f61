// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.io.Serial;

/// The agent cannot start; the message is one line: operation, object, reason, what to do.
public final class StartException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public StartException(String message) {
        super(message);
    }
}
