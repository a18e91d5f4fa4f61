// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

/// Bytes in a map that no agent of this layout writes.
public final class CorruptRecordException extends RuntimeException {

    /// @param message what was read and what would have been right, for example `frontend_key.protocol: 3`
    public CorruptRecordException(String message) {
        super(message);
    }
}
