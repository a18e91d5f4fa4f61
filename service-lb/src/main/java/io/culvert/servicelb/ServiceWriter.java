// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.desired.CompiledService;
import io.culvert.servicelb.desired.DesiredFrontend;
import io.culvert.servicelb.desired.DesiredServicePort;
import io.culvert.servicelb.desired.EndpointSets;
import io.culvert.servicelb.desired.NodeContext;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Brings the kernel from what it holds to what a batch of Services asks for, in an order in which a connection
/// made between any two writes is given a backend of before or of after, never none:
///
/// 1. publish new backend ids and the extents that name them; withdraw ids that are named no more;
/// 2. add or replace frontends;
/// 3. remove frontends;
/// 4. withdraw what no frontend leads to, after a grace period.
///
/// A write that fails is noted in its Service; all others go on.
final class ServiceWriter {

    /// A Service of a batch.
    record Plan(ServiceEntry entry, CompiledService compiled) {}

    private record Narrowing(ServiceEntry entry, ServicePortName name, ProgrammedPort port, EndpointSets sets) {}

    private final ServiceTables tables;
    private final KernelState kernel;
    private final Retirement retirement;
    private final WriteCounters counters;
    private final PortPublisher publisher;

    ServiceWriter(ServiceTables tables, KernelState kernel, Retirement retirement, WriteCounters counters) {
        this.tables = tables;
        this.kernel = kernel;
        this.retirement = retirement;
        this.counters = counters;
        this.publisher = new PortPublisher(tables, counters);
    }

    /// @param complete whether what the cluster wants is known as a whole; until then nothing is taken away
    /// @param now monotonic, nanoseconds
    void write(List<Plan> plans, NodeContext node, boolean complete, long now) {
        FrontendBatch batch = new FrontendBatch(tables, kernel, counters);
        List<Narrowing> narrowings = new ArrayList<>();
        for (Plan plan : plans) {
            for (DesiredServicePort desired : plan.compiled.ports()) {
                guarded(
                        plan.entry,
                        desired.name(),
                        () -> publish(plan.entry, desired, node, complete, batch, narrowings));
            }
        }
        batch.writePuts();
        if (complete) {
            plans.forEach(plan -> removeFrontends(plan, batch));
            batch.writeRemovals();
        }
        narrowings.forEach(narrowing -> narrow(narrowing, complete));
        if (complete) {
            plans.forEach(plan -> retirePorts(plan, now));
        }
    }

    /// Removes what an earlier agent left and no Service has claimed. Only for when every Service had the chance
    /// to.
    void sweep(long now) {
        List<ProgrammedPort> unclaimed = kernel.unclaimed();
        FrontendBatch batch = new FrontendBatch(tables, kernel, counters);
        unclaimed.forEach(port -> port.frontends().keySet().forEach(key -> batch.remove(key, null)));
        batch.writeRemovals();
        for (ProgrammedPort port : unclaimed) {
            if (retire(port, now)) {
                kernel.forget(port);
            }
        }
    }

    private void publish(
            ServiceEntry entry,
            DesiredServicePort desired,
            NodeContext node,
            boolean complete,
            FrontendBatch batch,
            List<Narrowing> narrowings) {
        Map<FrontendKey, Boolean> localSets = localSets(desired);
        localSets.keySet().forEach(batch::await);
        ProgrammedPort port = entry.ports()
                .computeIfAbsent(
                        desired.name(), name -> kernel.claim(localSets.keySet()).claimedBy(name));
        boolean switches = switchesSets(port, localSets);
        if (!complete && (switches || localSets.keySet().stream().anyMatch(key -> isHeldByAnother(key, port)))) {
            return;
        }
        Map<FrontendKey, Frontend> changes = new HashMap<>(2);
        localSets.forEach((key, localSet) -> {
            Frontend frontend = Frontend.clusterIp(port.index(), localSet);
            if (frontend.equals(port.frontends().get(key))) {
                batch.confirm(key);
            } else {
                changes.put(key, frontend);
            }
        });
        publisher.publish(port, switches ? desired.endpoints().widened(node) : desired.endpoints(), !complete);
        if (switches) {
            narrowings.add(new Narrowing(entry, desired.name(), port, desired.endpoints()));
        }
        changes.forEach((key, frontend) -> batch.put(key, frontend, port, entry));
    }

    /// Whether a frontend that leads to the port asks for the other set than it should, or than those that stay do.
    /// Frontends are switched and removed while both sets are there to be chosen from.
    private static boolean switchesSets(ProgrammedPort port, Map<FrontendKey, Boolean> localSets) {
        return port.frontends().entrySet().stream().anyMatch(held -> {
            Boolean wanted = localSets.get(held.getKey());
            boolean localSet = held.getValue().localSet();
            return wanted == null ? !localSets.containsValue(localSet) : wanted != localSet;
        });
    }

    private boolean isHeldByAnother(FrontendKey key, ProgrammedPort port) {
        return kernel.owner(key).filter(owner -> owner != port).isPresent();
    }

    private void narrow(Narrowing narrowing, boolean complete) {
        if (!narrowing.entry.hasFailed()) {
            guarded(
                    narrowing.entry,
                    narrowing.name,
                    () -> publisher.publish(narrowing.port, narrowing.sets, !complete));
        }
    }

    private void removeFrontends(Plan plan, FrontendBatch batch) {
        Map<ServicePortName, Set<FrontendKey>> kept = new HashMap<>();
        for (DesiredServicePort desired : plan.compiled.ports()) {
            kept.put(desired.name(), localSets(desired).keySet());
        }
        plan.entry.ports().forEach((name, port) -> {
            Set<FrontendKey> wanted = kept.getOrDefault(name, Set.of());
            for (FrontendKey key : port.frontends().keySet()) {
                if (batch.awaits(key) && !wanted.contains(key)) {
                    String reason = "its next owner could not be programmed yet; being retried";
                    plan.entry.failed(new TableWriteException("remove frontend " + key + ": " + reason), name.family());
                } else if (!wanted.contains(key)) {
                    batch.remove(key, plan.entry);
                }
            }
        });
    }

    private void retirePorts(Plan plan, long now) {
        Set<ServicePortName> kept = new HashSet<>();
        plan.compiled.ports().forEach(desired -> kept.add(desired.name()));
        plan.entry.ports().entrySet().removeIf(port -> !kept.contains(port.getKey()) && retire(port.getValue(), now));
    }

    /// Whether nothing leads to the port any more.
    private boolean retire(ProgrammedPort port, long now) {
        if (!port.frontends().isEmpty()) {
            return false;
        }
        publisher.withdrawBackends(port);
        retirement.add(port.index(), now);
        return true;
    }

    private static Map<FrontendKey, Boolean> localSets(DesiredServicePort desired) {
        Map<FrontendKey, Boolean> localSets = new HashMap<>(2);
        for (DesiredFrontend frontend : desired.frontends()) {
            FrontendKey key = new FrontendKey(
                    frontend.address(), frontend.port(), desired.name().protocol());
            localSets.put(key, frontend.localSet());
        }
        return localSets;
    }

    private void guarded(ServiceEntry entry, ServicePortName name, Runnable write) {
        try {
            write.run();
        } catch (TableWriteException e) {
            counters.writesFailed++;
            entry.failed(e, name.family());
        }
    }
}
