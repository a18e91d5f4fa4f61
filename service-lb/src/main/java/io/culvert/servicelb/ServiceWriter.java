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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Brings the kernel from what it holds to what a batch of Services asks for, in an order in which a connection
/// made between any two writes is given a backend of before or of after, never none:
///
/// 1. publish new backend ids and the extents that name them; withdraw ids that are named no more; add client ranges;
/// 2. add or replace frontends;
/// 3. remove frontends, then client ranges;
/// 4. withdraw what no frontend leads to, after a grace period.
///
/// A write that fails is noted in its Service; all others go on.
final class ServiceWriter {

    /// A Service of a batch.
    record Plan(ServiceEntry entry, CompiledService compiled) {}

    /// A port that holds more than it needs until its frontends are switched.
    private record Narrowing(ServiceEntry entry, ProgrammedPort port, DesiredServicePort desired) {}

    private final ServiceTables tables;
    private final KernelState kernel;
    private final Retirement retirement;
    private final WriteCounters counters;
    private final PortPublisher publisher;
    private final SourceRangeWriter ranges;

    ServiceWriter(ServiceTables tables, KernelState kernel, Retirement retirement, WriteCounters counters) {
        this.tables = tables;
        this.kernel = kernel;
        this.retirement = retirement;
        this.counters = counters;
        this.publisher = new PortPublisher(tables, counters);
        this.ranges = new SourceRangeWriter(tables);
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
                        () -> publish(plan.entry, desired, complete, batch, node, narrowings));
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
            if (retire(port, null, now)) {
                kernel.forget(port);
            }
        }
    }

    private void publish(
            ServiceEntry entry,
            DesiredServicePort desired,
            boolean complete,
            FrontendBatch batch,
            NodeContext node,
            List<Narrowing> narrowings) {
        Map<FrontendKey, DesiredFrontend> wanted = byKey(desired);
        wanted.keySet().forEach(batch::await);
        ProgrammedPort port = entry.ports()
                .computeIfAbsent(
                        desired.name(), name -> kernel.claim(wanted.keySet()).claimedBy(name));
        SetSwitch change = SetSwitch.of(port.frontends(), wanted);
        if (!complete && (change.takesAway() || wanted.keySet().stream().anyMatch(key -> isHeldByAnother(key, port)))) {
            return;
        }
        Map<FrontendKey, Frontend> changes = LinkedHashMap.newLinkedHashMap(wanted.size());
        wanted.forEach((key, want) -> {
            Frontend frontend = new Frontend(port.index(), want.type(), want.flags());
            if (frontend.equals(port.frontends().get(key))) {
                batch.confirm(key);
            } else {
                changes.put(key, frontend);
            }
        });
        EndpointSets endpoints = change.needsBoth() ? desired.endpoints().widened(node) : desired.endpoints();
        publisher.publish(port, endpoints, desired.rules(), !complete);
        ranges.add(port, desired.sourceRanges());
        if (change.needsBoth() || !port.sourceRanges().isEmpty()) {
            narrowings.add(new Narrowing(entry, port, desired));
        }
        changes.forEach((key, frontend) -> batch.put(key, frontend, port, entry));
    }

    private boolean isHeldByAnother(FrontendKey key, ProgrammedPort port) {
        return kernel.owner(key).filter(owner -> owner != port).isPresent();
    }

    private void narrow(Narrowing narrowing, boolean complete) {
        if (!narrowing.entry.hasFailed()) {
            guarded(narrowing.entry, narrowing.desired.name(), () -> {
                DesiredServicePort desired = narrowing.desired;
                publisher.publish(narrowing.port, desired.endpoints(), desired.rules(), !complete);
                if (complete) {
                    ranges.trim(narrowing.port, desired.sourceRanges());
                }
            });
        }
    }

    private void removeFrontends(Plan plan, FrontendBatch batch) {
        Map<ServicePortName, Set<FrontendKey>> kept = new HashMap<>();
        for (DesiredServicePort desired : plan.compiled.ports()) {
            kept.put(desired.name(), byKey(desired).keySet());
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
        plan.entry
                .ports()
                .entrySet()
                .removeIf(port -> !kept.contains(port.getKey()) && retire(port.getValue(), plan.entry, now));
    }

    /// Whether nothing leads to the port any more, and its index may soon be another's.
    ///
    /// @param entry the Service that had it; null for what an earlier agent left
    private boolean retire(ProgrammedPort port, @Nullable ServiceEntry entry, long now) {
        if (!port.frontends().isEmpty()) {
            return false;
        }
        try {
            ranges.trim(port, List.of());
        } catch (TableWriteException e) {
            counters.writesFailed++;
            if (entry != null && port.name() != null) {
                entry.failed(e, port.name().family());
            }
            return false;
        }
        publisher.withdrawBackends(port);
        retirement.add(port.index(), now);
        return true;
    }

    private static Map<FrontendKey, DesiredFrontend> byKey(DesiredServicePort desired) {
        Map<FrontendKey, DesiredFrontend> byKey =
                LinkedHashMap.newLinkedHashMap(desired.frontends().size());
        desired.frontends().forEach(frontend -> byKey.put(frontend.key(), frontend));
        return byKey;
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
