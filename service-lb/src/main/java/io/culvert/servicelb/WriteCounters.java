// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

/// What has been written since the agent started.
final class WriteCounters {

    long servicesCompiled;
    long extentsPublished;
    long backendsPublished;
    long backendsWithdrawn;
    long frontendsPut;
    long frontendsRemoved;
    long writesFailed;

    /// The sums at this moment.
    WriteTotals totals() {
        return new WriteTotals(
                servicesCompiled,
                extentsPublished,
                backendsPublished,
                backendsWithdrawn,
                frontendsPut,
                frontendsRemoved,
                writesFailed);
    }
}
