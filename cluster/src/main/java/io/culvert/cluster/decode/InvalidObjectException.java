// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.io.Serial;

/// A document or object that cannot be used, with the place and the reason in one line.
public final class InvalidObjectException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient Position position;
    private final String reason;
    private final String remedy;

    /// @param reason what is wrong, with the field's path first
    /// @param remedy what to do about it, or empty
    public InvalidObjectException(Position position, String reason, String remedy) {
        // The place in the text says it all; there may be thousands of these.
        super(reason, null, false, false);
        this.position = position;
        this.reason = reason;
        this.remedy = remedy;
    }

    public Position position() {
        return position;
    }

    public String reason() {
        return reason;
    }

    public String remedy() {
        return remedy;
    }
}
