// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.util.List;

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

    /// Stops to report. What was reported stays.
    @Override
    void close();
}
