// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import java.io.Serial;

/// A filter or field mask that nothing can be made of. The message names the field and the value, and says what to do.
public final class MalformedFilterException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    MalformedFilterException(String message) {
        super(message);
    }

    /// @param field as `flow.proto` calls it
    /// @param remedy what is wrong with the value, and what would be right
    static MalformedFilterException of(String field, String value, String remedy) {
        return new MalformedFilterException("filter flows by " + field + " \"" + value + "\": " + remedy);
    }
}
