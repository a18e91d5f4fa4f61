// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

/// What is known of the order of resourceVersions of one kind. They are numbers that grow (KEP-5504); one that is not a
/// number cannot be compared and is taken for new.
final class Versions {

    /// A list older than what was seen comes from a replica that lags behind; this many in a row, and it is the cluster
    /// that went back (its store was restored).
    private static final int LAGGING_LISTS = 5;

    private long newest = -1;
    private int laggingLists;

    /// Whether an event is older than what was seen: a replay, which must not bring anything back.
    boolean replayed(String version) {
        long number = number(version);
        return number >= 0 && number <= newest;
    }

    void seen(String version) {
        newest = Math.max(newest, number(version));
    }

    /// Takes the version of a list.
    ///
    /// @throws ApiException if it is older than what was seen, the first few times
    void listed(String version) throws ApiException {
        long number = number(version);
        if (number >= 0 && number < newest && ++laggingLists < LAGGING_LISTS) {
            throw new ApiException("the list has version " + version + ", older than " + newest + " that was seen");
        }
        laggingLists = 0;
        newest = number;
    }

    private static long number(String version) {
        try {
            return Long.parseLong(version);
        } catch (NumberFormatException _) {
            return -1;
        }
    }
}
