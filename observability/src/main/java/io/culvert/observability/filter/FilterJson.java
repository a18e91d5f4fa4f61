// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.observer.GetFlowsRequest;
import java.util.List;

/// Filters as files and flags have them: `{"verdict":["DROPPED"],"source_pod":["kube-system/"]}`.
public final class FilterJson {

    private FilterJson() {}

    /// @throws IllegalArgumentException if it is none; the message says what is wrong with it
    public static FlowFilter parse(String text) {
        FlowFilter.Builder filter = FlowFilter.newBuilder();
        merge(text, filter);
        return filter.build();
    }

    /// One filter, or an array of them; an empty text has none.
    ///
    /// @throws IllegalArgumentException if one is none
    public static List<FlowFilter> parseAll(String text) {
        if (text.isBlank()) {
            return List.of();
        }
        if (!text.strip().startsWith("[")) {
            return List.of(parse(text));
        }
        GetFlowsRequest.Builder request = GetFlowsRequest.newBuilder();
        merge("{\"whitelist\":" + text + "}", request);
        return request.getWhitelistList();
    }

    private static void merge(String text, Message.Builder message) {
        try {
            JsonFormat.parser().merge(text, message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "not a FlowFilter in JSON, such as {\"verdict\":[\"DROPPED\"]}: " + e.getMessage(), e);
        }
    }
}
