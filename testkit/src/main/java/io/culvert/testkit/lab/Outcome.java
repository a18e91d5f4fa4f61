// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.time.Duration;

/// How one exchange with a lab server went, as client and server saw it.
public sealed interface Outcome {

    /// The exchange succeeded.
    ///
    /// @param server the name of the host that answered
    /// @param seen the client, as the server saw it
    /// @param reached the server's own end, as the server saw it
    /// @param local the client's end, from getsockname(2)
    /// @param peer the server's end as the client saw it: getpeername(2) for TCP, recvfrom(2) for UDP
    record Answer(
            String server,
            SocketName seen,
            SocketName reached,
            SocketName local,
            SocketName peer,
            String echo,
            Duration took)
            implements Outcome {}

    /// A system call failed.
    ///
    /// @param errno its symbolic name such as `ECONNREFUSED`; `TIMEOUT` where the client's patience ran out
    /// @param stage `bind`, `connect`, `send` or `receive`
    record Failure(String errno, String stage, Duration took) implements Outcome {}

    /// The answer, where one had to come.
    ///
    /// @throws AssertionError that says what failed
    default Answer answer() {
        return switch (this) {
            case Answer answer -> answer;
            case Failure failure ->
                throw new AssertionError("expected an answer but " + failure.stage() + " failed: " + failure.errno()
                        + " after " + failure.took().toMillis() + " ms");
        };
    }

    /// The failure, where one had to come.
    ///
    /// @throws AssertionError that says who answered
    default Failure failure() {
        return switch (this) {
            case Failure failure -> failure;
            case Answer answer -> throw new AssertionError("expected a failure but " + answer.server() + " answered");
        };
    }
}
