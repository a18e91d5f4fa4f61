// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.util.List;
import java.util.Set;

/// Where the wanted state comes from.
public interface ClusterSource extends AutoCloseable {

    /// A short name for messages: `manifests` or `kubernetes`.
    String name();

    /// Starts to report changes to `store`, and calls [ClusterStore#completed] with [#name] after the first complete
    /// list. Returns at once; trouble is in [#status] and [#problems], never an exception.
    void start(ClusterStore store);

    SourceStatus status();

    /// What users should put right now, in a stable order.
    List<Problem> problems();

    /// What policies need and the source may not be shown now, as kinds in the plural; [#problems] says what to do.
    /// Policies are complete without such a kind only if it need not be there.
    default Set<String> withheldFromPolicies() {
        return Set.of();
    }

    /// Stops to report. What was reported stays.
    @Override
    void close();
}
