// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.healthcheck.HealthCheckPort;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a listener at the health check node port of each Service that has one, on every address that node ports are
/// served at. A port that cannot be had is tried again. May be used from any thread.
public final class HealthCheckServers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthCheckServers.class);

    private record Place(ObjectName service, IpAddress address, int port) {

        @Override
        public String toString() {
            return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
        }
    }

    private final String nodeName;
    private final BooleanSupplier proxyHealthy;
    private final EventSink events;
    private final Map<ObjectName, HealthCheckPort> ports = new ConcurrentHashMap<>();
    private final Map<Place, ProbeListener> open = new HashMap<>();
    private final Map<Place, String> refused = new HashMap<>();
    private Set<IpAddress> addresses = Set.of(IpAddress.UNSPECIFIED);
    private boolean closed;

    /// @param proxyHealthy whether this node programs what the cluster wants; without it no port says 200
    public HealthCheckServers(String nodeName, BooleanSupplier proxyHealthy, EventSink events) {
        this.nodeName = nodeName;
        this.proxyHealthy = proxyHealthy;
        this.events = events;
    }

    /// Follows the Services of an update.
    public synchronized void apply(ClusterUpdate update) {
        boolean moved = false;
        for (ObjectName name : update.services()) {
            Optional<HealthCheckPort> wanted = HealthCheckPort.of(name, update.state(), nodeName);
            HealthCheckPort before = wanted.isPresent() ? ports.put(name, wanted.get()) : ports.remove(name);
            moved |= wanted.isPresent() || before != null;
            if (wanted.isPresent() && !wanted.get().allocated() && (before == null || before.allocated())) {
                LOG.error(
                        "Service {}: spec.healthCheckNodePort is 0 with externalTrafficPolicy Local; its health is not"
                                + " served; have the cluster allocate one",
                        name);
            }
        }
        if (moved) {
            reconcile();
        }
    }

    /// Listens on these addresses from now on. The unspecified address, which is the default, means all of both
    /// families.
    public synchronized void listenOn(Set<IpAddress> wanted) {
        if (!addresses.equals(wanted)) {
            addresses = Set.copyOf(wanted);
            reconcile();
        }
    }

    /// Tries again what was refused. To be called every second or so.
    public synchronized void maintain() {
        if (!refused.isEmpty()) {
            reconcile();
        }
    }

    private void reconcile() {
        if (closed) {
            return;
        }
        Set<Place> wanted = new HashSet<>();
        ports.values().stream()
                .filter(HealthCheckPort::allocated)
                .forEach(port -> places(port).forEach(wanted::add));
        // Before anything is opened: a port may pass from one Service to another.
        open.entrySet().removeIf(entry -> {
            boolean unwanted = !wanted.contains(entry.getKey());
            if (unwanted) {
                entry.getValue().close();
            }
            return unwanted;
        });
        refused.keySet().retainAll(wanted);
        wanted.stream().filter(place -> !open.containsKey(place)).forEach(this::listen);
    }

    private Stream<Place> places(HealthCheckPort port) {
        return addresses.stream()
                .filter(address -> address.toInetAddress().isAnyLocalAddress()
                        || port.localEndpoints().containsKey(address.family()))
                .map(address -> new Place(port.service(), address, port.port()));
    }

    private void listen(Place place) {
        try {
            open.put(place, ProbeListener.open(place.address, place.port, request -> page(place.service, request)));
            if (refused.remove(place) != null) {
                LOG.info("Service {}: health is served at {} now", place.service, place);
            }
        } catch (IOException e) {
            String reason = "listen on " + place + " for health checks: " + e.getMessage()
                    + "; stop what listens there; it is tried again";
            if (!reason.equals(refused.put(place, reason))) {
                LOG.error("Service {}: {}", place.service, reason);
                events.post(ObjectKind.SERVICE, place.service, "FailedToStartServiceHealthcheck", reason);
            }
        }
    }

    private Page page(ObjectName service, ProbeRequest request) {
        HealthCheckPort port = ports.get(service);
        return port == null
                ? Page.notFound()
                : HealthPages.service(port, request.family(), proxyHealthy.getAsBoolean());
    }

    /// What cannot be served now, for people.
    public synchronized List<Problem> problems() {
        Stream<Problem> taken = refused.entrySet().stream()
                .map(entry -> Problem.error("Service " + entry.getKey().service, entry.getValue(), ""));
        Stream<Problem> missing = ports.values().stream()
                .filter(port -> !port.allocated())
                .map(port -> Problem.warning(
                        "Service " + port.service(),
                        "spec.healthCheckNodePort is 0 with externalTrafficPolicy Local",
                        "have the cluster allocate one"));
        return Stream.concat(taken, missing)
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }

    /// How many sockets listen.
    public synchronized int listening() {
        return open.size();
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(ProbeListener::close);
        open.clear();
    }
}
