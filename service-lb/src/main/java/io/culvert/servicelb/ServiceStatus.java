// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ObjectName;
import io.culvert.servicelb.desired.ServiceConflict;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether the kernel does what a Service asks for.
///
/// @param detail what is wrong, one line; empty if nothing is
/// @param reason of the Event about it: one word in UpperCamelCase; empty if nothing is wrong
/// @param since when the Service got into this state with this detail
public record ServiceStatus(ObjectName service, State state, String reason, String detail, Instant since) {

    public enum State {
        /// The kernel serves all of it.
        PROGRAMMED,
        /// Part of it belongs to another Service or is contradictory; the rest is served.
        CONFLICT,
        /// A write failed and is being retried; what was there before is served.
        ERROR
    }

    static ServiceStatus of(
            ObjectName service, @Nullable String failure, List<ServiceConflict> conflicts, Instant since) {
        if (failure != null) {
            return new ServiceStatus(service, State.ERROR, "ProgrammingFailed", failure, since);
        }
        if (!conflicts.isEmpty()) {
            String detail = conflicts.stream().map(ServiceConflict::message).collect(Collectors.joining(", "));
            return new ServiceStatus(
                    service, State.CONFLICT, conflicts.getFirst().reason(), detail, since);
        }
        return new ServiceStatus(service, State.PROGRAMMED, "", "", since);
    }

    boolean saysTheSameAs(ServiceStatus other) {
        return state == other.state && detail.equals(other.detail);
    }
}
