// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import java.io.Serial;

/// Flags that make no request; the message says which and what to do.
public final class ObserveException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public ObserveException(String message) {
        super(message);
    }
}
