// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.browser;

/// The browser is missing, died, or refused a command: one line.
public final class BrowserException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BrowserException(String message) {
        super(message);
    }

    BrowserException(String message, Throwable cause) {
        super(message, cause);
    }
}
