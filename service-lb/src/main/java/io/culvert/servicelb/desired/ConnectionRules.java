// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Service;
import io.culvert.cluster.SessionAffinity;
import java.util.List;

/// How connections of a Service port stay with a backend.
///
/// @param affinitySeconds how long after its last new connection a client is given the backend that it had; 0: every
///     connection is an independent choice
/// @param resetRemoved whether open TCP connections to a backend that is removed are reset
public record ConnectionRules(int affinitySeconds, boolean resetRemoved) {

    /// Independent choices, and connections stay until they end.
    public static final ConnectionRules DEFAULT = new ConnectionRules(0, false);

    static final String RESET_REMOVED = "culvert.io/reset-removed-backends";

    static ConnectionRules of(Service service, List<ServiceConflict> conflicts) {
        int seconds = switch (service.sessionAffinity()) {
            case SessionAffinity.None _ -> 0;
            case SessionAffinity.ClientIp affinity -> (int) affinity.timeout().toSeconds();
        };
        String reset = service.annotations().getOrDefault(RESET_REMOVED, "false");
        if (!reset.equals("true") && !reset.equals("false")) {
            conflicts.add(new ServiceConflict.AnnotationNotUnderstood(RESET_REMOVED, reset, "\"true\" or \"false\""));
        }
        return seconds == 0 && !reset.equals("true") ? DEFAULT : new ConnectionRules(seconds, reset.equals("true"));
    }
}
