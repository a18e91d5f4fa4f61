// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

/// A parameter that means nothing: one line that names it, its value and what it may be.
final class BadQueryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BadQueryException(String message) {
        super(message);
    }
}
