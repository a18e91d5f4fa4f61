// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import com.google.protobuf.FieldMask;
import com.google.protobuf.util.FieldMaskUtil;
import io.culvert.observability.api.flow.Flow;

/// How much of a flow an observer wants: the fields that a mask names, and everything if it names none.
final class FieldSelection {

    private final FieldMask mask;

    private FieldSelection(FieldMask mask) {
        this.mask = mask;
    }

    /// @throws MalformedFilterException if a path names no field
    static FieldSelection of(FieldMask mask) {
        for (String path : mask.getPathsList()) {
            if (!FieldMaskUtil.isValid(Flow.getDescriptor(), path)) {
                throw new MalformedFilterException(
                        "show field \"" + path
                                + "\" of flows: there is none; write names as in flow.proto, such as verdict or source.pod_name");
            }
        }
        return new FieldSelection(FieldMaskUtil.normalize(mask));
    }

    /// A copy with these fields only.
    Flow of(Flow flow) {
        return mask.getPathsCount() == 0 ? flow : FieldMaskUtil.trim(mask, flow);
    }
}
