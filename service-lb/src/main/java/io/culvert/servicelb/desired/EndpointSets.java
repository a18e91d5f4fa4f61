// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The endpoints that new connections can be given, as two overlapping ranges of one list: those of the local set
/// only, those of both sets, those of the cluster set only; each part in the order of the input.
///
/// The cluster set is what is ready, narrowed to this node's or zone's hints where those are complete; where
/// nothing is ready anywhere, what is terminating but still serving. The local set is what is ready on this node,
/// whatever the hints; where nothing is, what is terminating but still serving here, even if other nodes have ready
/// endpoints (KEP-1669, KEP-2086, KEP-2433, KEP-3015).
///
/// What has weight 0 is in neither, but counts as there: it keeps terminating endpoints from standing in.
///
/// @param backends the two sets, each endpoint once
/// @param localCount the local set is `backends[0, localCount)`
/// @param clusterFirst the cluster set is `backends[clusterFirst, clusterFirst + clusterCount)`
/// @param endpointsElsewhere the local set is asked for and empty, but other nodes have usable endpoints: connections
/// are dropped, so that the sender tries elsewhere, and not refused
/// @param resting serving endpoints that are in neither set: flows that they have stay with them
public record EndpointSets(
        List<PortEndpoint> backends,
        int localCount,
        int clusterFirst,
        int clusterCount,
        boolean endpointsElsewhere,
        List<PortEndpoint> resting) {

    /// @param endpoints of one Service port, each once
    public static EndpointSets of(List<PortEndpoint> endpoints, TrafficSets sets, NodeContext node) {
        EndpointSurvey survey = EndpointSurvey.of(endpoints, node);
        List<PortEndpoint> localOnly = new ArrayList<>();
        List<PortEndpoint> both = new ArrayList<>();
        List<PortEndpoint> clusterOnly = new ArrayList<>(sets.cluster() ? endpoints.size() : 0);
        List<PortEndpoint> resting = new ArrayList<>();
        for (PortEndpoint endpoint : endpoints) {
            boolean local = !endpoint.drained() && sets.local() && survey.inLocalSet(endpoint);
            boolean cluster = !endpoint.drained() && sets.cluster() && survey.inClusterSet(endpoint, node);
            if (local && cluster) {
                both.add(endpoint);
            } else if (local) {
                localOnly.add(endpoint);
            } else if (cluster) {
                clusterOnly.add(endpoint);
            } else if (endpoint.serving()) {
                resting.add(endpoint);
            }
        }
        int localCount = localOnly.size() + both.size();
        int clusterFirst = localOnly.size();
        int clusterCount = both.size() + clusterOnly.size();
        localOnly.addAll(both);
        localOnly.addAll(clusterOnly);
        boolean elsewhere = sets.local() && localCount == 0 && survey.anyUsable();
        return new EndpointSets(localOnly, localCount, clusterFirst, clusterCount, elsewhere, resting);
    }

    /// The same endpoints with both sets built, whichever the Service asks for.
    public EndpointSets widened(NodeContext node) {
        List<PortEndpoint> serving = new ArrayList<>(backends);
        serving.addAll(resting);
        serving.sort(Comparator.comparing(PortEndpoint::address).thenComparingInt(PortEndpoint::port));
        return of(serving, TrafficSets.BOTH, node);
    }

    public List<PortEndpoint> localSet() {
        return backends.subList(0, localCount);
    }

    public List<PortEndpoint> clusterSet() {
        return backends.subList(clusterFirst, clusterFirst + clusterCount);
    }
}
