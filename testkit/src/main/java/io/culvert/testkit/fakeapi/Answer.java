// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import java.time.Duration;

/// An answer other than the right one.
public sealed interface Answer {

    /// A status and a body, as a proxy in between or a broken server gives.
    record Text(int status, String contentType, String body) implements Answer {}

    /// The right answer, cut off after some bytes by a closed connection.
    record Truncated(int bytes) implements Answer {}

    /// The request is taken and never answered, until [FakeApiServer#release].
    record Silence() implements Answer {}

    /// The headers of a good answer, and then nothing, until [FakeApiServer#release].
    record SilentBody() implements Answer {}

    /// The right answer, but only after this long.
    record Late(Duration delay) implements Answer {}

    /// A page of a login portal.
    static Answer html() {
        return new Text(200, "text/html", "<html><body>Please log in</body></html>");
    }

    /// A Status object with a code, as an API server refuses.
    static Answer status(int code, String reason, String message) {
        return new Text(code, "application/json", StatusJson.of(code, reason, message));
    }
}
