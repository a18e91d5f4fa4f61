// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.net.IpAddress;
import java.time.Duration;

/// Reads what the Python program says.
final class SocketReplies {

    private SocketReplies() {}

    static Outcome outcome(JsonNode reply) {
        if (reply.has("errno")) {
            return failure(reply);
        }
        JsonNode answer = reply.get("ok");
        return new Outcome.Answer(
                answer.get("server").asText(),
                socketName(answer.get("seen")),
                socketName(answer.get("reached")),
                socketName(answer.get("local")),
                socketName(answer.get("peer")),
                answer.get("echo").asText(),
                milliseconds(answer.get("ms")));
    }

    static Outcome.Failure failure(JsonNode reply) {
        return new Outcome.Failure(
                reply.get("errno").asText(), reply.get("stage").asText(), milliseconds(reply.get("ms")));
    }

    /// The result of a command that had to succeed.
    ///
    /// @throws AssertionError that says what failed
    static JsonNode ok(JsonNode reply) {
        if (reply.has("errno")) {
            Outcome.Failure failure = failure(reply);
            throw new AssertionError(failure.stage() + " failed: " + failure.errno() + " after "
                    + failure.took().toMillis() + " ms");
        }
        return reply.get("ok");
    }

    static SocketName socketName(JsonNode name) {
        return new SocketName(IpAddress.of(name.get(0).asText()), name.get(1).asInt());
    }

    static Duration milliseconds(JsonNode number) {
        return Duration.ofNanos((long) (number.asDouble() * 1e6));
    }
}
