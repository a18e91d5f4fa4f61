// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a [Load] has met so far.
///
/// @param rounds answered questions
/// @param errors what went wrong, in order
/// @param longest the slowest answered question
/// @param servers how many answers each server gave
/// @param changes how often one socket (or one loop of new connections) was answered by another server than before
public record LoadReport(
        int rounds, List<Outcome.Failure> errors, Duration longest, Map<String, Integer> servers, int changes) {

    @Override
    public String toString() {
        return rounds + " rounds, longest " + longest.toMillis() + " ms, servers " + servers + ", " + changes
                + " changes of server, errors " + errors;
    }
}
