// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Service;
import io.culvert.cluster.SessionAffinity;
import io.culvert.maps.Algorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// How connections of a Service port are given a backend, and stay with it.
///
/// @param affinitySeconds how long after its last new connection a client is given the backend that it had; 0:
///     every connection is an independent choice
/// @param resetRemoved whether open TCP connections to a backend that is removed are reset
/// @param algorithm that chooses where no affinity does
public record ConnectionRules(int affinitySeconds, boolean resetRemoved, Algorithm algorithm) {

    /// Independent choices at random, and connections stay until they end.
    public static final ConnectionRules DEFAULT = new ConnectionRules(0, false, Algorithm.RANDOM);

    static final String RESET_REMOVED = "culvert.io/reset-removed-backends";
    static final String ALGORITHM = "culvert.io/algorithm";
    private static final String CILIUM_ALGORITHM = "service.cilium.io/lb-algorithm";

    static ConnectionRules of(Service service, List<ServiceConflict> conflicts) {
        int seconds = switch (service.sessionAffinity()) {
            case SessionAffinity.None _ -> 0;
            case SessionAffinity.ClientIp affinity -> (int) affinity.timeout().toSeconds();
        };
        String reset = service.annotations().getOrDefault(RESET_REMOVED, "false");
        if (!reset.equals("true") && !reset.equals("false")) {
            conflicts.add(new ServiceConflict.AnnotationNotUnderstood(RESET_REMOVED, reset, "\"true\" or \"false\""));
        }
        ConnectionRules rules =
                new ConnectionRules(seconds, reset.equals("true"), algorithm(service.annotations(), conflicts));
        return rules.equals(DEFAULT) ? DEFAULT : rules;
    }

    private static Algorithm algorithm(Map<String, String> annotations, List<ServiceConflict> conflicts) {
        String key = annotations.containsKey(ALGORITHM) ? ALGORITHM : CILIUM_ALGORITHM;
        String value = annotations.getOrDefault(key, Algorithm.RANDOM.toString());
        Optional<Algorithm> named = Algorithm.named(value);
        if (named.isEmpty()) {
            String understood =
                    Arrays.stream(Algorithm.values()).map(Algorithm::toString).collect(Collectors.joining(", "));
            conflicts.add(new ServiceConflict.AnnotationNotUnderstood(key, value, "one of " + understood));
        }
        return named.orElse(Algorithm.RANDOM);
    }

    /// Whether who is chosen depends on the client, so that sockets that have no address yet are left to packets.
    boolean needsClient() {
        return affinitySeconds > 0 || algorithm == Algorithm.SOURCE_HASH;
    }
}
