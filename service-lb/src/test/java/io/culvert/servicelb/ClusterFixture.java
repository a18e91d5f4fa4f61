// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.Node;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServiceCidr;
import io.culvert.cluster.ServicePort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.Endpoints;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;

/// A cluster that tests change by hand: it keeps the state and remembers what an update has to name.
public final class ClusterFixture {

    private ClusterState state = ClusterState.EMPTY;
    private final Set<ObjectName> changed = new HashSet<>();
    private boolean nodesChanged;
    private boolean complete = true;

    public static ObjectName name(String name) {
        return new ObjectName("default", name);
    }

    /// A Service with one TCP port, `http`, numbered 80.
    public static ServiceBuilder service(String name, String... clusterIps) {
        return Service.builder(name(name))
                .clusterIps(Stream.of(clusterIps).map(IpAddress::of).toList())
                .port(new ServicePort("http", Protocol.TCP, 80, 0));
    }

    /// A slice that feeds port `http` of a Service, with endpoints listening on 8080.
    public static EndpointSlice slice(String service, Endpoints... endpoints) {
        return slice(service + "-1", service, new EndpointPort("http", Protocol.TCP, 8080), endpoints);
    }

    public static EndpointSlice slice(String name, String service, EndpointPort port, Endpoints... endpoints) {
        List<Endpoint> all = Stream.of(endpoints).map(Endpoints::endpoint).toList();
        IpFamily family =
                all.isEmpty() ? IpFamily.IPV4 : all.getFirst().address().family();
        return new EndpointSlice(name(name), service, family, Instant.EPOCH, List.of(port), all, null);
    }

    public ClusterFixture put(ServiceBuilder builder) {
        return put(builder.build());
    }

    public ClusterFixture put(Service service) {
        state = state.withServices(state.services().plus(service.name(), service));
        changed.add(service.name());
        return this;
    }

    public ClusterFixture removeService(String name) {
        state = state.withServices(state.services().minus(name(name)));
        changed.add(name(name));
        return this;
    }

    /// Adds or replaces a slice, wherever a slice of its name was before.
    public ClusterFixture put(EndpointSlice slice) {
        removeSlice(slice.name().name());
        ObjectName service = slice.service();
        var slices = state.slicesByService().getOrDefault(service, HashTreePMap.empty());
        state = state.withSlices(
                state.slicesByService().plus(service, slices.plus(slice.name().name(), slice)));
        changed.add(service);
        return this;
    }

    public ClusterFixture removeSlice(String name) {
        for (var entry : state.slicesByService().entrySet()) {
            if (entry.getValue().containsKey(name)) {
                var rest = entry.getValue().minus(name);
                var all = state.slicesByService();
                state = state.withSlices(rest.isEmpty() ? all.minus(entry.getKey()) : all.plus(entry.getKey(), rest));
                changed.add(entry.getKey());
                return this;
            }
        }
        return this;
    }

    /// Puts this node into a zone.
    public ClusterFixture zone(@Nullable String zone) {
        Node node = new Node(new ObjectName("", Endpoints.HERE), List.of(), zone, List.of(), Set.of(), false);
        state = state.withNodes(state.nodes().plus(Endpoints.HERE, node));
        nodesChanged = true;
        return this;
    }

    /// Adds or replaces a ServiceCIDR.
    public ClusterFixture serviceCidr(String name, String... cidrs) {
        ServiceCidr cidr = new ServiceCidr(
                new ObjectName("", name),
                Stream.of(cidrs).map(text -> IpPrefix.parse(text).orElseThrow()).toList());
        state = state.withServiceCidrs(state.serviceCidrs().plus(name, cidr));
        return this;
    }

    public ClusterFixture removeServiceCidr(String name) {
        state = state.withServiceCidrs(state.serviceCidrs().minus(name));
        return this;
    }

    /// Says whether further updates are complete.
    public ClusterFixture complete(boolean value) {
        complete = value;
        return this;
    }

    public ClusterState state() {
        return state;
    }

    /// Everything that changed since the update before.
    public ClusterUpdate update() {
        ClusterUpdate update = new ClusterUpdate(state, Set.copyOf(changed), nodesChanged, false, complete);
        changed.clear();
        nodesChanged = false;
        return update;
    }
}
