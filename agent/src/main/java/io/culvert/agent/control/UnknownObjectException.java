// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import java.io.Serial;

/// A question names something that is not there. The message is one line for the user, with a remedy.
public final class UnknownObjectException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public UnknownObjectException(String message) {
        super(message);
    }
}
