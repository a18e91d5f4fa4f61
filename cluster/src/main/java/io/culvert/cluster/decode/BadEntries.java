// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

/// What to do about a bad entry of a list whose other entries could still be used, such as one of several addresses.
@FunctionalInterface
public interface BadEntries {

    /// The whole object is refused: right for a text that a person is writing.
    BadEntries REFUSE = problem -> {
        throw problem;
    };

    /// Called for each bad entry; returning means that it is left out.
    void found(InvalidObjectException problem);
}
