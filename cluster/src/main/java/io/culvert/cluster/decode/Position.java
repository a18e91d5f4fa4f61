// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

/// A place in a text.
///
/// @param line from 1
/// @param column from 1
public record Position(int line, int column) {

    /// `line:column`.
    @Override
    public String toString() {
        return line + ":" + column;
    }
}
