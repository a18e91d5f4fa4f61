// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.time.Duration;

/// `spec.sessionAffinity` of a Service.
public sealed interface SessionAffinity {

    /// The default: every new connection is an independent choice.
    SessionAffinity NONE = new None();

    /// The timeout that the API gives a Service that names none: three hours.
    Duration DEFAULT_TIMEOUT = Duration.ofHours(3);

    record None() implements SessionAffinity {}

    /// @param timeout counted from the client's last new connection; 1 s to 86,400 s
    record ClientIp(Duration timeout) implements SessionAffinity {}
}
