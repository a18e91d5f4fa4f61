// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.servicelb.ServiceWriter.Plan;
import io.culvert.servicelb.desired.AddressClaims;
import io.culvert.servicelb.desired.CompiledService;
import io.culvert.servicelb.desired.NodeContext;
import io.culvert.servicelb.desired.ServiceCompiler;
import io.culvert.servicelb.desired.ServicePortName;
import io.culvert.servicelb.desired.ServiceRules;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the kernel's service tables as the cluster wants them.
///
/// It starts by adopting what an earlier agent left, so that a restart writes only what changed meanwhile. Updates
/// then cost what they change. Nothing is removed before the first complete update. A write that fails leaves the
/// previous state of that one Service serving, shows in its status, and is retried, at first after 1 s and at last
/// every 30 s.
///
/// Safe for use by several threads; there must be one such object for the tables.
public final class LoadBalancer {

    private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);

    /// From this many Services on, room for all of them is made before the first is written.
    private static final int LARGE_BATCH = 64;

    private final ServiceTables tables;
    private final String nodeName;
    private final EventSink events;
    private final InstantSource time;
    private final LongSupplier monotonic;

    private final ReentrantLock lock = new ReentrantLock();
    private final KernelState kernel;
    private final Retirement retirement;
    private final ServiceWriter writer;
    private final ClusterAddressWriter addresses;
    private final WriteCounters counters = new WriteCounters();
    private final AddressClaims claims;
    private final LabelWeights labels = new LabelWeights();
    private final Map<ObjectName, ServiceEntry> entries = new HashMap<>();
    private final Set<ServiceEntry> failing = new HashSet<>();
    private ClusterState state = ClusterState.EMPTY;
    private NodeContext node;
    private boolean complete;

    /// Reads what the kernel holds; writes nothing.
    public static LoadBalancer adopt(ServiceTables tables, String nodeName, ServiceRules rules, EventSink events) {
        return new LoadBalancer(tables, nodeName, rules, events, InstantSource.system(), System::nanoTime);
    }

    /// As [#adopt], with clocks.
    ///
    /// @param time of statuses
    /// @param monotonic nanoseconds, of retries and grace periods
    public LoadBalancer(
            ServiceTables tables,
            String nodeName,
            ServiceRules rules,
            EventSink events,
            InstantSource time,
            LongSupplier monotonic) {
        this.tables = tables;
        this.nodeName = nodeName;
        this.events = events;
        this.time = time;
        this.monotonic = monotonic;
        node = new NodeContext(nodeName, null);
        claims = new AddressClaims(rules);
        kernel = new KernelState(tables);
        retirement = new Retirement(tables);
        writer = new ServiceWriter(tables, kernel, retirement, counters);
        addresses = new ClusterAddressWriter(tables);
    }

    /// Programs the Services that the update names, and all of them if this node moved to another zone or if
    /// everything is known for the first time.
    public ApplyResult apply(ClusterUpdate update) {
        lock.lock();
        try {
            state = labels.state(update);
            NodeContext nodeNow = NodeContext.of(nodeName, state);
            boolean everything = !nodeNow.equals(node) || (update.complete() && !complete);
            node = nodeNow;
            complete |= update.complete();
            Set<ObjectName> names = new HashSet<>(everything ? state.services().keySet() : update.services());
            if (everything) {
                names.addAll(entries.keySet());
            }
            AddressClaims.Effect effect = claims.update(state, names);
            names.addAll(effect.services());
            addresses.touch(effect.clusterIps());
            if (everything) {
                addresses.touchAll(claims);
            }
            return program(names, everything);
        } finally {
            lock.unlock();
        }
    }

    /// Takes what pods have as labels, which weights may go by: a change of [ClusterState#policies].
    public ApplyResult podsChanged(ClusterUpdate update) {
        lock.lock();
        try {
            Set<ObjectName> names = labels.podsChanged(update);
            state = labels.withPods(state);
            return program(names, false);
        } finally {
            lock.unlock();
        }
    }

    /// Takes the addresses that this node has now. A cluster IP among them is left to whoever listens there, and
    /// translated again when the address goes.
    public ApplyResult localAddresses(Collection<IpAddress> local) {
        lock.lock();
        try {
            AddressClaims.Effect effect = claims.localAddresses(local);
            addresses.touch(effect.clusterIps());
            return program(effect.services(), false);
        } finally {
            lock.unlock();
        }
    }

    /// Retries what failed and is due, and withdraws what nothing leads to any more. To be called every second or
    /// so.
    public ApplyResult maintain() {
        lock.lock();
        try {
            long now = monotonic.getAsLong();
            List<ObjectName> due = failing.stream()
                    .filter(entry -> entry.retryDue(now))
                    .map(ServiceEntry::name)
                    .toList();
            return program(due, false);
        } finally {
            lock.unlock();
        }
    }

    private ApplyResult program(Collection<ObjectName> names, boolean full) {
        long start = monotonic.getAsLong();
        WriteTotals before = counters.totals();
        retirement.process(start);
        List<Plan> plans = new ArrayList<>(names.size());
        for (ObjectName name : names) {
            CompiledService compiled = ServiceCompiler.compile(name, state, node, claims);
            ServiceEntry entry = entries.computeIfAbsent(name, ServiceEntry::new);
            entry.attempt(compiled.conflicts());
            plans.add(new Plan(entry, compiled));
        }
        counters.servicesCompiled += plans.size();
        if (plans.size() >= LARGE_BATCH) {
            tables.makeRoom(TableDemand.of(plans));
        }
        writer.write(plans, node, complete, start);
        if (complete) {
            writer.sweep(start);
        }
        addresses.write(claims, state.serviceCidrs().values(), complete);
        plans.forEach(plan -> settle(plan.entry(), start));
        Duration took = Duration.ofNanos(monotonic.getAsLong() - start);
        return new ApplyResult(counters.totals().since(before), failing.size(), full, took);
    }

    private void settle(ServiceEntry entry, long now) {
        ServiceStatus change = entry.settle(now, time.instant());
        if (entry.hasFailed()) {
            failing.add(entry);
        } else {
            failing.remove(entry);
        }
        if (entry.isEmpty()
                && state.service(entry.name())
                        .filter(service -> service.proxied())
                        .isEmpty()) {
            entries.remove(entry.name());
        }
        if (change != null) {
            tell(change);
        }
    }

    private void tell(ServiceStatus change) {
        switch (change.state()) {
            case PROGRAMMED -> LOG.debug("Service {}: programmed", change.service());
            case CONFLICT -> {
                LOG.warn("Service {}: {}", change.service(), change.detail());
                events.post(ObjectKind.SERVICE, change.service(), change.reason(), change.detail());
            }
            case ERROR -> {
                LOG.error("Service {}: {}", change.service(), change.detail());
                events.post(ObjectKind.SERVICE, change.service(), change.reason(), change.detail());
            }
        }
    }

    /// Compares the kernel's tables with what was written to them. Updates wait meanwhile: some tenths of a
    /// second with ten thousand Services. Before the first complete update nothing is compared.
    ///
    /// @param repair whether what differs is written again, and what others added is removed
    public AuditReport audit(boolean repair) {
        lock.lock();
        try {
            if (!complete) {
                return AuditReport.NOTHING_COMPARED;
            }
            List<ProgrammedPort> ports = entries.values().stream()
                    .flatMap(entry -> entry.ports().values().stream())
                    .toList();
            return new Audit(tables, kernel, addresses.held()).run(ports, repair);
        } finally {
            lock.unlock();
        }
    }

    /// Every frontend that the kernel holds for a Service, in order.
    public List<FrontendView> frontends() {
        List<ViewBuilder.Snapshot> ports = new ArrayList<>();
        ViewBuilder views;
        lock.lock();
        try {
            views = new ViewBuilder(state, nodeName);
            for (ServiceEntry entry : entries.values()) {
                entry.ports().forEach((name, port) -> {
                    if (port.extent() != null) {
                        ports.add(new ViewBuilder.Snapshot(
                                name, Map.copyOf(port.frontends()), Set.copyOf(port.sourceRanges()), port.extent()));
                    }
                });
            }
        } finally {
            lock.unlock();
        }
        return views.frontends(ports);
    }

    /// The status of every Service that has something to be programmed, by name.
    public List<ServiceStatus> statuses() {
        lock.lock();
        try {
            return entries.values().stream()
                    .map(ServiceEntry::status)
                    .filter(Objects::nonNull)
                    .sorted(Comparator.comparing(ServiceStatus::service))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /// The Services of which a write failed and is being retried, each with the families that it concerns.
    public Map<ObjectName, Set<IpFamily>> failing() {
        lock.lock();
        try {
            Map<ObjectName, Set<IpFamily>> all = new HashMap<>();
            failing.forEach(entry -> all.put(entry.name(), Set.copyOf(entry.failedFamilies())));
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// Whose frontend this is; for an address of this node also whose node port.
    public Optional<ServicePortName> serviceAt(FrontendKey frontend) {
        FrontendKey nodePort = FrontendKey.nodePort(frontend.address().family(), frontend.port(), frontend.protocol());
        lock.lock();
        try {
            return kernel.owner(frontend).or(() -> kernel.owner(nodePort)).map(ProgrammedPort::name);
        } finally {
            lock.unlock();
        }
    }

    /// A frontend in the kernel's tables.
    ///
    /// @param key of a node port with the wildcard of its family
    /// @param index into `services`
    public record NamedFrontend(FrontendKey key, int index, ServicePortName name) {}

    /// Every frontend that leads to a Service that is known, in no order.
    public List<NamedFrontend> namedFrontends() {
        lock.lock();
        try {
            return kernel.namedFrontends();
        } finally {
            lock.unlock();
        }
    }

    /// The Service ports that have an index in the kernel's tables.
    public Map<Integer, ServicePortName> names() {
        lock.lock();
        try {
            return kernel.names();
        } finally {
            lock.unlock();
        }
    }

    /// Ids of the backends whose open connections are counted for an algorithm.
    public Set<Integer> countedBackends() {
        lock.lock();
        try {
            return kernel.countedBackends();
        } finally {
            lock.unlock();
        }
    }

    /// Does something if no backend's connections are counted; none is while it does.
    public void ifNothingIsCounted(Runnable action) {
        lock.lock();
        try {
            if (kernel.countedBackends().isEmpty()) {
                action.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /// What was written since the start.
    public WriteTotals totals() {
        lock.lock();
        try {
            return counters.totals();
        } finally {
            lock.unlock();
        }
    }
}
