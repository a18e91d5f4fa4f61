// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import com.google.protobuf.FieldMask;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.filter.FilterJson;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.names.FlowNames;
import java.nio.file.Path;
import java.util.List;

/// What is written, and where.
///
/// @param path of the file that is being written; `path.1` is the one before
/// @param maxBytes of a file
/// @param backups files that are kept beside it
/// @param compress whether those are compressed (gzip)
/// @param allowed flows fit one of these, if there is one
/// @param denied flows fit none of these
/// @param mask paths of what is written of each flow; empty: everything
public record ExportPlan(
        Path path,
        long maxBytes,
        int backups,
        boolean compress,
        List<FlowFilter> allowed,
        List<FlowFilter> denied,
        List<String> mask) {

    /// @param allowed filters as JSON: one, or an array
    /// @throws IllegalArgumentException if one is none
    public static ExportPlan of(
            Path path, long maxBytes, int backups, boolean compress, String allowed, String denied, List<String> mask) {
        return new ExportPlan(
                path, maxBytes, backups, compress, FilterJson.parseAll(allowed), FilterJson.parseAll(denied), mask);
    }

    public ExportPlan {
        allowed = List.copyOf(allowed);
        denied = List.copyOf(denied);
        mask = List.copyOf(mask);
    }

    /// @throws io.culvert.observability.filter.MalformedFilterException if a value of a filter or of the mask means
    /// nothing
    public FlowSelection selection(FlowNames names) {
        return FlowSelection.of(
                allowed, denied, FieldMask.newBuilder().addAllPaths(mask).build(), names);
    }
}
