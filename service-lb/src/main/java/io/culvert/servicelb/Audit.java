// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares what the kernel holds with what was written to it, and writes again what differs, in the order of
/// [ServiceWriter]: ids, extents, client ranges, frontends; then it takes away what another writer added.
final class Audit {

    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

    private final ServiceTables tables;
    private final KernelState kernel;
    private final Map<IpAddress, Integer> addresses;

    /// @param addresses cluster IPs as they were written
    Audit(ServiceTables tables, KernelState kernel, Map<IpAddress, Integer> addresses) {
        this.tables = tables;
        this.kernel = kernel;
        this.addresses = addresses;
    }

    /// After a repair the tables are read once more: what is the same then was repaired.
    ///
    /// @param ports all that belong to Services
    AuditReport run(Collection<ProgrammedPort> ports, boolean repair) {
        long start = System.nanoTime();
        Drift drift = AuditReading.read(tables, kernel, ports, addresses);
        int remaining = drift.total();
        if (repair && remaining > 0) {
            repair(drift);
            remaining = AuditReading.read(tables, kernel, ports, addresses).total();
        }
        return new AuditReport(
                true,
                Map.copyOf(drift.counts),
                List.copyOf(drift.differences),
                remaining,
                List.copyOf(drift.failures),
                Duration.ofNanos(System.nanoTime() - start));
    }

    private void repair(Drift drift) {
        drift.lostBackends.forEach(id -> guarded(drift, "publish a backend id", () -> tables.restoreBackend(id)));
        Set<Integer> broken = new HashSet<>();
        for (Extent extent : drift.lostExtents) {
            if (!guarded(drift, "publish service " + extent.service(), () -> tables.publish(extent))) {
                broken.add(extent.service());
            }
        }
        if (!drift.lostRanges.isEmpty()) {
            guarded(drift, "add client ranges", () -> tables.putSourceRanges(drift.lostRanges));
        }
        if (!drift.lostAddresses.isEmpty()) {
            guarded(drift, "add cluster IPs", () -> tables.putClusterAddresses(drift.lostAddresses));
        }
        Map<FrontendKey, Frontend> frontends = new LinkedHashMap<>(drift.lostFrontends);
        frontends.values().removeIf(frontend -> broken.contains(frontend.service()));
        if (!frontends.isEmpty()) {
            guarded(drift, "add frontends", () -> tables.putFrontends(frontends));
        }
        removeForeign(drift);
    }

    private void removeForeign(Drift drift) {
        if (!drift.foreignFrontends.isEmpty()) {
            guarded(drift, "remove frontends", () -> tables.removeFrontends(drift.foreignFrontends));
        }
        if (!drift.foreignRanges.isEmpty()) {
            guarded(drift, "remove client ranges", () -> tables.removeSourceRanges(drift.foreignRanges));
        }
        if (!drift.foreignAddresses.isEmpty()) {
            guarded(drift, "remove cluster IPs", () -> tables.removeClusterAddresses(drift.foreignAddresses));
        }
        drift.foreignServices.forEach(
                index -> guarded(drift, "restore service " + index, () -> tables.restoreService(index)));
        drift.foreignBackends.forEach(id -> guarded(drift, "remove a backend id", () -> tables.removeStrayBackend(id)));
    }

    /// What fails is found again by the next audit.
    private static boolean guarded(Drift drift, String operation, Runnable write) {
        try {
            write.run();
            return true;
        } catch (RuntimeException e) {
            LOG.debug("{}", operation, e);
            if (drift.failures.size() < AuditReport.LISTED) {
                drift.failures.add(operation + ": " + e.getMessage());
            }
            return false;
        }
    }
}
