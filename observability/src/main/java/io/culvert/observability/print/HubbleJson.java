// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;

/// Messages as JSON in one line, with the names of `flow.proto`, as `hubble observe -o jsonpb` prints them.
public final class HubbleJson {

    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

    private static final int ESCAPE = 6;

    private HubbleJson() {}

    public static String text(MessageOrBuilder message) {
        try {
            return withoutNeedlessEscapes(PRINTER.print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("print as JSON: " + e.getMessage(), e);
        }
    }

    /// The printer writes `=` and `'` as escapes, so that nobody would find `app=web`.
    private static String withoutNeedlessEscapes(String json) {
        int next = json.indexOf('\\');
        if (next < 0) {
            return json;
        }
        StringBuilder text = new StringBuilder(json.length());
        int from = 0;
        while (next >= 0) {
            boolean equals = json.startsWith("\\u003d", next);
            int length = 2;
            if (equals || json.startsWith("\\u0027", next)) {
                text.append(json, from, next).append(equals ? '=' : '\'');
                length = ESCAPE;
                from = next + length;
            }
            next = json.indexOf('\\', next + length);
        }
        return text.append(json, from, json.length()).toString();
    }
}
