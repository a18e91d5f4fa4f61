// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.PolicyAction;
import org.jspecify.annotations.Nullable;

/// The rule of a tier that matches first.
///
/// @param rank its place among the tier's rules of the set, from 0
public record Ranked(int rank, PolicyAction action) {

    /// Which of two is asked first; null means that no rule matches.
    static @Nullable Ranked first(@Nullable Ranked one, @Nullable Ranked other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.rank <= other.rank ? one : other;
    }
}
