// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.name;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Many Services with many endpoints, each Service with one port and one slice.
public final class LargeCluster {

    private static final List<EndpointPort> PORTS = List.of(new EndpointPort("http", Protocol.TCP, 8080));

    private ClusterState state;
    private int nextEndpoint;

    private LargeCluster(ClusterState state, int nextEndpoint) {
        this.state = state;
        this.nextEndpoint = nextEndpoint;
    }

    /// Services `s0` and on at 10.96.0.0 and on, with endpoints at 10.128.0.0 and on.
    public static LargeCluster of(int services, int endpoints) {
        Map<ObjectName, Service> byName = new HashMap<>();
        Map<ObjectName, PMap<String, EndpointSlice>> slices = new HashMap<>();
        for (int i = 0; i < services; i++) {
            String name = "s" + i;
            byName.put(
                    name(name),
                    ClusterFixture.service(name, IpAddress.ofV4(0x0a60_0000 + i).toString())
                            .build());
            List<Endpoint> all = new ArrayList<>(endpoints);
            for (int j = 0; j < endpoints; j++) {
                all.add(endpoint(i * endpoints + j));
            }
            slices.put(name(name), HashTreePMap.singleton(name, slice(name, all)));
        }
        return new LargeCluster(
                new ClusterState(
                        HashTreePMap.from(byName),
                        HashTreePMap.from(slices),
                        HashTreePMap.empty(),
                        HashTreePMap.empty()),
                services * endpoints);
    }

    private static Endpoint endpoint(int number) {
        return Endpoint.ready(IpAddress.ofV4(0x0a80_0000 + number), "n" + number % 100);
    }

    private static EndpointSlice slice(String service, List<Endpoint> endpoints) {
        return new EndpointSlice(name(service), service, IpFamily.IPV4, Instant.EPOCH, PORTS, endpoints, null);
    }

    public ClusterState state() {
        return state;
    }

    /// One endpoint of a Service goes and another comes.
    public ClusterUpdate replaceOneEndpoint(int service) {
        String name = "s" + service;
        List<Endpoint> endpoints =
                new ArrayList<>(state.slices(name(name)).iterator().next().endpoints());
        endpoints.removeFirst();
        endpoints.add(endpoint(nextEndpoint++));
        state = new ClusterState(
                state.services(),
                state.slicesByService().plus(name(name), HashTreePMap.singleton(name, slice(name, endpoints))),
                state.nodes(),
                state.pods());
        return new ClusterUpdate(state, Set.of(name(name)), false, false, true);
    }
}
