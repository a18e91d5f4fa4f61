// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.culvert.observability.api.flow.FlowFilter;

/// Filters as files and flags have them: `{"verdict":["DROPPED"],"source_pod":["kube-system/"]}`.
public final class FilterJson {

    private FilterJson() {}

    /// @throws IllegalArgumentException if it is none; the message says what is wrong with it
    public static FlowFilter parse(String text) {
        FlowFilter.Builder filter = FlowFilter.newBuilder();
        try {
            JsonFormat.parser().merge(text, filter);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "not a FlowFilter in JSON, such as {\"verdict\":[\"DROPPED\"]}: " + e.getMessage(), e);
        }
        return filter.build();
    }
}
