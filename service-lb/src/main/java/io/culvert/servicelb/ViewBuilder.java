// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Service;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.IpPort;
import io.culvert.maps.LpmKey;
import io.culvert.servicelb.desired.EndpointUnion;
import io.culvert.servicelb.desired.PortEndpoint;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns what is programmed into what people read. Addresses, sets and states are the kernel's; names of nodes and
/// zones are looked up in the cluster's state, since the kernel has no use for them.
final class ViewBuilder {

    /// A programmed port at one moment.
    record Snapshot(
            ServicePortName name, Map<FrontendKey, Frontend> frontends, Set<LpmKey> sourceRanges, Extent extent) {}

    private static final Comparator<Backend> ORDER =
            Comparator.comparing(Backend::address).thenComparingInt(Backend::port);

    private final ClusterState state;
    private final String nodeName;

    ViewBuilder(ClusterState state, String nodeName) {
        this.state = state;
        this.nodeName = nodeName;
    }

    List<FrontendView> frontends(List<Snapshot> ports) {
        return ports.stream().flatMap(this::frontends).sorted().toList();
    }

    private Stream<FrontendView> frontends(Snapshot port) {
        Service service = state.services().get(port.name.service());
        if (service == null) {
            return Stream.empty();
        }
        Map<IpPort, PortEndpoint> endpoints = new HashMap<>();
        for (PortEndpoint endpoint : EndpointUnion.of(port.name, state.slices(port.name.service()), nodeName)) {
            endpoints.put(new IpPort(endpoint.address(), endpoint.port()), endpoint);
        }
        return port.frontends.entrySet().stream().map(frontend -> {
            List<Backend> chosen = frontend.getValue().localSet() ? port.extent.local() : port.extent.cluster();
            return new FrontendView(
                    port.name,
                    frontend.getValue().type(),
                    frontend.getKey().address(),
                    frontend.getKey().port(),
                    port.extent.algorithm(),
                    frontend.getValue().has(FrontendFlag.DSR),
                    service.internalTrafficPolicy(),
                    service.externalTrafficPolicy(),
                    service.sessionAffinity(),
                    frontend.getValue().has(FrontendFlag.SOURCE_RANGES) ? text(port.sourceRanges) : List.of(),
                    chosen.stream()
                            .sorted(ORDER)
                            .map(backend -> view(backend, endpoints.get(new IpPort(backend.address(), backend.port()))))
                            .toList());
        });
    }

    private static List<String> text(Set<LpmKey> ranges) {
        return ranges.isEmpty()
                ? List.of("none")
                : ranges.stream().map(LpmKey::toString).sorted().toList();
    }

    private static BackendView view(Backend backend, @Nullable PortEndpoint endpoint) {
        return new BackendView(
                backend.address(),
                backend.port(),
                backend.terminating() ? BackendView.State.TERMINATING : BackendView.State.ACTIVE,
                endpoint == null ? null : endpoint.endpoint().nodeName(),
                endpoint == null ? null : endpoint.endpoint().zone(),
                backend.local(),
                backend.weight(),
                backend.id());
    }
}
