// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.flow.RawFilter;
import java.util.List;
import java.util.function.Predicate;

/// What is wanted of a flow.
///
/// @param exact decides
/// @param rough never rejects what `exact` accepts; spares building flows that nobody wants
record Match(Predicate<Flow> exact, RawFilter rough) {

    /// What is the same of all flows of an agent.
    ///
    /// @param wanted whether it is what is wanted
    static Match alike(Predicate<Flow> exact, boolean wanted) {
        return new Match(exact, _ -> wanted);
    }

    /// What no flow of Culvert has.
    static Match nothing() {
        return alike(_ -> false, false);
    }

    /// Flows that all of these want.
    static Match all(List<Match> matches) {
        if (matches.size() == 1) {
            return matches.getFirst();
        }
        Match[] each = matches.toArray(Match[]::new);
        return new Match(flow -> allExactly(each, flow), flow -> {
            for (Match match : each) {
                if (!match.rough.test(flow)) {
                    return false;
                }
            }
            return true;
        });
    }

    private static boolean allExactly(Match[] each, Flow flow) {
        for (Match match : each) {
            if (!match.exact.test(flow)) {
                return false;
            }
        }
        return true;
    }
}
