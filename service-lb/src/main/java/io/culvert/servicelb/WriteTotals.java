// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

/// What was done, in one update or since the agent started.
///
/// @param servicesCompiled Services whose desired state was computed
/// @param extentsPublished lists of backends that replaced another or none
/// @param writesFailed writes that did not happen; each is retried
public record WriteTotals(
        long servicesCompiled,
        long extentsPublished,
        long backendsPublished,
        long backendsWithdrawn,
        long frontendsPut,
        long frontendsRemoved,
        long writesFailed) {

    /// What was done between `earlier` and this.
    public WriteTotals since(WriteTotals earlier) {
        return new WriteTotals(
                servicesCompiled - earlier.servicesCompiled,
                extentsPublished - earlier.extentsPublished,
                backendsPublished - earlier.backendsPublished,
                backendsWithdrawn - earlier.backendsWithdrawn,
                frontendsPut - earlier.frontendsPut,
                frontendsRemoved - earlier.frontendsRemoved,
                writesFailed - earlier.writesFailed);
    }
}
