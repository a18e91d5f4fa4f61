// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

/// A write to the kernel's service tables did not happen; what was there before still serves.
///
/// The message is one line for users: operation, object, reason, remedy.
public final class TableWriteException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public TableWriteException(String message) {
        super(message);
    }

    public TableWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}
