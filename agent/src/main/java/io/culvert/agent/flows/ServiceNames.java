// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.maps.FrontendKey;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.observability.names.ServiceName;
import io.culvert.servicelb.LoadBalancer.NamedFrontend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Services by their numbers and addresses, as a snapshot that is read anew when somebody asks after a change.
final class ServiceNames {

    private record Snapshot(
            Map<Integer, ServiceName> byIndex, Map<FrontendKey, ServiceName> byFrontend, Set<IpAddress> addresses) {

        static final Snapshot EMPTY = new Snapshot(Map.of(), Map.of(), Set.of());
    }

    private final Supplier<List<NamedFrontend>> frontends;
    private final ReentrantLock reading = new ReentrantLock();
    private final RecentlyGone<Integer, ServiceName> gone = new RecentlyGone<>();
    private volatile Snapshot snapshot = Snapshot.EMPTY;
    private volatile boolean stale = true;

    ServiceNames(Supplier<List<NamedFrontend>> frontends) {
        this.frontends = frontends;
    }

    /// Notes that Services may be others.
    void changed() {
        stale = true;
    }

    Optional<ServiceName> service(int index) {
        return Optional.ofNullable(current().byIndex.get(index)).or(() -> gone.find(index));
    }

    Optional<ServiceName> frontend(IpPort frontend, int protocol) {
        return Protocol.ofNumber(protocol).flatMap(known -> {
            Map<FrontendKey, ServiceName> names = current().byFrontend;
            ServiceName exact = names.get(new FrontendKey(frontend.address(), frontend.port(), known));
            return Optional.ofNullable(exact);
        });
    }

    /// Whether some frontend is at an address, NodePorts apart.
    boolean hasFrontends(IpAddress address) {
        return current().addresses.contains(address);
    }

    /// The Service whose NodePort this is.
    Optional<ServiceName> nodePort(IpPort frontend, int protocol) {
        return Protocol.ofNumber(protocol)
                .map(known -> current()
                        .byFrontend
                        .get(FrontendKey.nodePort(frontend.address().family(), frontend.port(), known)));
    }

    /// One thread reads; others go on with what was known.
    private Snapshot current() {
        if (stale && reading.tryLock()) {
            try {
                stale = false;
                Snapshot next = read();
                snapshot.byIndex.forEach((index, name) -> {
                    if (!next.byIndex.containsKey(index)) {
                        gone.put(index, name);
                    }
                });
                snapshot = next;
            } finally {
                reading.unlock();
            }
        }
        return snapshot;
    }

    private Snapshot read() {
        Map<Integer, ServiceName> byIndex = new HashMap<>();
        Map<FrontendKey, ServiceName> byFrontend = new HashMap<>();
        for (NamedFrontend frontend : frontends.get()) {
            ServiceName name = byIndex.computeIfAbsent(
                    frontend.index(),
                    _ -> new ServiceName(
                            frontend.name().service().namespace(),
                            frontend.name().service().name()));
            byFrontend.put(frontend.key(), name);
        }
        Set<IpAddress> addresses =
                byFrontend.keySet().stream().map(FrontendKey::address).collect(Collectors.toSet());
        return new Snapshot(byIndex, byFrontend, addresses);
    }
}
