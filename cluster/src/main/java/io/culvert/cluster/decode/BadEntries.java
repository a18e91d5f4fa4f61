// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.function.Consumer;

/// What to do about a bad entry of a list whose other entries could still be used, such as one of several addresses.
/// A method that returns has the entry left out.
@FunctionalInterface
public interface BadEntries {

    /// The whole object is refused: right for a text that a person is writing.
    BadEntries REFUSE = problem -> {
        throw problem;
    };

    /// Called for each bad entry that an API server would not have accepted.
    void found(InvalidObjectException problem);

    /// Called for each bad entry that is left out whatever the source, because API servers accept it, or did once, and
    /// every proxy goes on without it.
    default void leftOut(InvalidObjectException problem) {
        found(problem);
    }

    /// Refuses objects as [#REFUSE] does, and tells of entries that are left out.
    static BadEntries refusing(Consumer<InvalidObjectException> leftOut) {
        return new BadEntries() {
            @Override
            public void found(InvalidObjectException problem) {
                throw problem;
            }

            @Override
            public void leftOut(InvalidObjectException problem) {
                leftOut.accept(problem);
            }
        };
    }
}
