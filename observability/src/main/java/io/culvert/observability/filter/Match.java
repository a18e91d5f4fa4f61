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

    private static final RawFilter NONE = _ -> false;

    /// Where numbers do not tell.
    static Match exactly(Predicate<Flow> exact) {
        return new Match(exact, RawFilter.ALL);
    }

    /// What no flow of Culvert has.
    static Match nothing() {
        return new Match(_ -> false, NONE);
    }

    /// Flows that all of these want.
    static Match all(List<Match> matches) {
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
