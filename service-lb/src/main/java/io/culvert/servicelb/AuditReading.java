// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.AuditDifference.NOTHING;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Backend;
import io.culvert.maps.BackendIds;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.LpmKey;
import io.culvert.maps.SourceRangeKey;
import io.culvert.net.IpAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One look at all tables that load balancing writes. Each map is read once, hashes in batches and arrays through
/// mapped memory.
final class AuditReading {

    private final ServiceTables tables;
    private final KernelState kernel;
    private final Collection<ProgrammedPort> ports;
    private final Map<IpAddress, Integer> addresses;
    private final Drift drift = new Drift();

    private AuditReading(
            ServiceTables tables,
            KernelState kernel,
            Collection<ProgrammedPort> ports,
            Map<IpAddress, Integer> addresses) {
        this.tables = tables;
        this.kernel = kernel;
        this.ports = ports;
        this.addresses = addresses;
    }

    /// @param ports all that belong to Services
    /// @param addresses cluster IPs as they were written
    static Drift read(
            ServiceTables tables,
            KernelState kernel,
            Collection<ProgrammedPort> ports,
            Map<IpAddress, Integer> addresses) {
        var reading = new AuditReading(tables, kernel, ports, addresses);
        reading.guarded("frontends", reading::frontends);
        reading.guarded("slots", reading::extents);
        reading.guarded("source_ranges", reading::sourceRanges);
        reading.guarded("cluster_addresses", reading::clusterAddresses);
        return reading.drift;
    }

    private void guarded(String map, Runnable read) {
        try {
            read.run();
        } catch (RuntimeException e) {
            drift.failures.add("read " + map + ": " + e.getMessage());
        }
    }

    private void frontends() {
        Set<FrontendKey> seen = HashSet.newHashSet(kernel.owners().size());
        tables.forEachFoundFrontend((key, found) -> {
            seen.add(key);
            Optional<Frontend> expected = expected(key);
            String text = found.map(Frontend::toString).orElse("an entry that cannot be read");
            if (expected.isEmpty()) {
                drift.add("frontends", key, NOTHING, text);
                drift.foreignFrontends.add(key);
            } else if (!expected.equals(found)) {
                lost(key, expected.get(), text);
            }
        });
        for (ProgrammedPort port : ports) {
            port.frontends().forEach((key, frontend) -> {
                if (!seen.contains(key)) {
                    lost(key, frontend, NOTHING);
                }
            });
        }
    }

    private void lost(FrontendKey key, Frontend frontend, String found) {
        drift.add("frontends", key, frontend, found);
        drift.lostFrontends.put(key, frontend);
    }

    private Optional<Frontend> expected(FrontendKey key) {
        return Optional.ofNullable(kernel.owners().get(key))
                .map(port -> port.frontends().get(key));
    }

    private void extents() {
        Map<Integer, String> changed = tables.changedServices();
        for (ProgrammedPort port : ports) {
            Extent extent = port.extent();
            if (extent != null) {
                String other = changed.remove(port.index());
                if (other != null) {
                    drift.add("services", "service " + port.index(), size(extent), other);
                    drift.lostExtents.add(extent);
                } else if (!isSame(extent, tables.extent(port.index()))) {
                    drift.lostExtents.add(extent);
                }
                extent.backends().forEach(this::backend);
            }
        }
        changed.forEach((index, found) -> {
            drift.add("services", "service " + index, NOTHING, found);
            drift.foreignServices.add(index);
        });
        for (int id : tables.strayBackends()) {
            drift.add("backends", BackendIds.text(id), NOTHING, "published");
            drift.foreignBackends.add(id);
        }
    }

    private static String size(Extent extent) {
        return "extent of " + extent.backends().size() + (extent.backends().size() == 1 ? " backend" : " backends");
    }

    private boolean isSame(Extent expected, Optional<Extent> found) {
        if (found.isEmpty()) {
            drift.add("slots", "service " + expected.service(), size(expected), "an extent that is not sound");
            return false;
        }
        if (expected.sameContent(found.get())) {
            return true;
        }
        List<Backend> wanted = expected.backends();
        List<Backend> present = found.get().backends();
        for (int i = 0; i < Math.max(wanted.size(), present.size()); i++) {
            String one = i < wanted.size() ? wanted.get(i).toString() : NOTHING;
            String other = i < present.size() ? present.get(i).toString() : NOTHING;
            if (!one.equals(other)) {
                drift.add("slots", "service " + expected.service() + ", backend " + i, one, other);
            }
        }
        if (wanted.equals(present)) {
            String key = "service " + expected.service() + ", header";
            drift.add("slots", key, header(expected), header(found.get()));
        }
        return false;
    }

    private static String header(Extent extent) {
        return extent.withGeneration(0).toString().replaceFirst(", backends=.*", "]");
    }

    private void backend(Backend backend) {
        if (backend.id() != 0 && !tables.isPublished(backend.id())) {
            drift.add("backends", BackendIds.text(backend.id()), "published", "another entry");
            drift.lostBackends.add(backend.id());
        }
    }

    private void sourceRanges() {
        Set<SourceRangeKey> known = new HashSet<>();
        Set<SourceRangeKey> expected = new HashSet<>();
        kernel.unclaimed().forEach(port -> port.sourceRanges().forEach(range -> known.add(key(port, range))));
        for (ProgrammedPort port : ports) {
            for (LpmKey range : port.sourceRanges()) {
                known.add(key(port, range));
                if (port.hasSourceRange(range)) {
                    expected.add(key(port, range));
                }
            }
        }
        tables.forEachSourceRange(found -> {
            expected.remove(found);
            if (!known.contains(found)) {
                drift.add("source_ranges", found, NOTHING, "an entry");
                drift.foreignRanges.add(found);
            }
        });
        for (SourceRangeKey lost : expected) {
            drift.add("source_ranges", lost, "an entry", NOTHING);
            drift.lostRanges.add(lost);
        }
    }

    private void clusterAddresses() {
        Map<IpAddress, Integer> missing = new HashMap<>(addresses);
        tables.forEachClusterAddress((key, found) -> {
            Integer expected = missing.remove(key.address());
            if (expected == null) {
                drift.add("cluster_addresses", key.address(), NOTHING, found);
                drift.foreignAddresses.add(key);
            } else if (!expected.equals(found)) {
                drift.add("cluster_addresses", key.address(), expected, found);
                drift.lostAddresses.put(key, expected);
            }
        });
        missing.forEach((address, expected) -> {
            drift.add("cluster_addresses", address, expected, NOTHING);
            drift.lostAddresses.put(new AddressKey(address), expected);
        });
    }

    private static SourceRangeKey key(ProgrammedPort port, LpmKey range) {
        return new SourceRangeKey(port.index(), range);
    }
}
