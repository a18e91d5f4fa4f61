// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import java.time.Duration;

/// How long to wait for an API server before it is given up and asked anew.
///
/// @param answer from a request to the headers of its answer, connecting included
/// @param listSilence without a byte of a list
/// @param page for one page of a list, so that a server that drips does not hold a list up for ever
/// @param watchSilence without a byte of a watch; bookmarks come about every minute
/// @param watchLifetime for which a watch is asked for, at least; twice that at most
/// @param firstRetry pause after the first failure; it doubles, and varies by half
/// @param lastRetry the longest pause
record Patience(
        Duration answer,
        Duration listSilence,
        Duration page,
        Duration watchSilence,
        Duration watchLifetime,
        Duration firstRetry,
        Duration lastRetry) {

    static final Patience DEFAULT = new Patience(
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(3),
            Duration.ofMinutes(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(30));
}
