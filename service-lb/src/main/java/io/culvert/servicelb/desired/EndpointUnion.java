// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// The endpoints of one Service port, out of all slices of the Service.
///
/// A slice port feeds the Service port of the same name and protocol; numbers never match anything, and each slice
/// gives its own number. One address and number is one endpoint, however many slices name it.
public final class EndpointUnion {

    /// Among duplicates the first counts: not terminating, then ready, then of the newest slice, then by slice
    /// name. The API leaves this open; any fixed order will do, so long as a pod that took over an address wins
    /// over the one that is leaving it.
    private static final Comparator<Candidate> ORDER = Comparator.comparing(
                    (Candidate candidate) -> candidate.endpoint.address())
            .thenComparingInt(Candidate::port)
            .thenComparing(candidate -> candidate.endpoint.terminating())
            .thenComparing(candidate -> !candidate.endpoint.ready())
            .thenComparing(candidate -> candidate.slice.created(), Comparator.reverseOrder())
            .thenComparing(candidate -> candidate.slice.name());

    private EndpointUnion() {}

    /// The endpoints in the order of their addresses and ports, each once. Costs n log n in the number of
    /// endpoints.
    public static List<PortEndpoint> of(ServicePortName port, Collection<EndpointSlice> slices, String nodeName) {
        List<Candidate> candidates = candidates(port, slices);
        candidates.sort(ORDER);
        List<PortEndpoint> endpoints = new ArrayList<>(candidates.size());
        Candidate last = null;
        for (Candidate candidate : candidates) {
            if (last == null || !candidate.sameSocketAs(last)) {
                Endpoint endpoint = candidate.endpoint;
                endpoints.add(new PortEndpoint(
                        endpoint.address(),
                        candidate.port,
                        endpoint,
                        nodeName.equals(endpoint.nodeName()),
                        candidate.slice.name().name(),
                        1));
                last = candidate;
            }
        }
        return endpoints;
    }

    private static List<Candidate> candidates(ServicePortName port, Collection<EndpointSlice> slices) {
        List<Candidate> candidates = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            if (slice.family() != port.family()) {
                continue;
            }
            for (EndpointPort feed : slice.ports()) {
                if (feed.protocol() == port.protocol() && feed.name().equals(port.portName())) {
                    for (Endpoint endpoint : slice.endpoints()) {
                        candidates.add(new Candidate(slice, endpoint, feed.port()));
                    }
                }
            }
        }
        return candidates;
    }

    private record Candidate(EndpointSlice slice, Endpoint endpoint, int port) {

        boolean sameSocketAs(Candidate other) {
            return port == other.port && endpoint.address().equals(other.endpoint.address());
        }
    }
}
