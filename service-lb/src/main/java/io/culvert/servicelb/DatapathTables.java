// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.BackendIds;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentStore;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.SourceRangeKey;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.Datapath;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The kernel's tables.
public final class DatapathTables implements ServiceTables {

    private static final Logger LOG = LoggerFactory.getLogger(DatapathTables.class);

    /// Room beyond what is needed, in percent: extents are written beside those that they replace.
    private static final int HEADROOM = 25;

    private static final Set<Meaning> OURS = Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED);

    /// Programs only ask whether there is an entry.
    private static final int IN_RANGE = 1;

    private final BpfHashMap<FrontendKey, Frontend> frontends;
    private final BpfHashMap<SourceRangeKey, Integer> sourceRanges;
    private final BpfHashMap<AddressKey, Integer> clusterAddresses;
    private final Consumer<List<AddressRange>> ranges;
    private final ExtentStore extents;
    private final BackendIds backends;
    private final Consumer<Map<String, Integer>> growth;
    private final Runnable counts;

    public DatapathTables(Datapath datapath) {
        this(
                datapath.maps(),
                datapath.extents(),
                datapath.backendIds(),
                wanted -> datapath.control().setRanges(OURS, wanted),
                datapath::ensure,
                datapath.countedSockets()::start);
    }

    /// @param ranges says where cluster IPs lie
    /// @param growth makes maps, by name, as large as told
    /// @param counts before connections are counted: sees to it that they are counted out again
    public DatapathTables(
            MapCatalogue maps,
            ExtentStore extents,
            BackendIds backends,
            Consumer<List<AddressRange>> ranges,
            Consumer<Map<String, Integer>> growth,
            Runnable counts) {
        this.frontends = maps.frontends();
        this.sourceRanges = maps.sourceRanges();
        this.clusterAddresses = maps.clusterAddresses();
        this.ranges = ranges;
        this.extents = extents;
        this.backends = backends;
        this.growth = growth;
        this.counts = counts;
    }

    @Override
    public void forEachFrontend(BiConsumer<FrontendKey, Frontend> reader) {
        frontends.forEach(reader);
    }

    @Override
    public void forEachFoundFrontend(BiConsumer<FrontendKey, Optional<Frontend>> reader) {
        frontends.forEachReadable(reader);
    }

    @Override
    public Optional<Frontend> frontend(FrontendKey key) {
        return frontends.get(key);
    }

    @Override
    public void putFrontends(Map<FrontendKey, Frontend> entries) {
        writing(() -> {
            frontends.putAll(entries);
            return true;
        });
    }

    @Override
    public void removeFrontends(Collection<FrontendKey> keys) {
        writing(() -> frontends.removeAll(keys));
    }

    @Override
    public void forEachSourceRange(Consumer<SourceRangeKey> reader) {
        sourceRanges.forEach((key, _) -> reader.accept(key));
    }

    @Override
    public void putSourceRanges(Collection<SourceRangeKey> ranges) {
        Map<SourceRangeKey, Integer> entries = HashMap.newHashMap(ranges.size());
        ranges.forEach(range -> entries.put(range, IN_RANGE));
        writing(() -> {
            sourceRanges.putAll(entries);
            return true;
        });
    }

    @Override
    public void removeSourceRanges(Collection<SourceRangeKey> ranges) {
        writing(() -> sourceRanges.removeAll(ranges));
    }

    @Override
    public void forEachClusterAddress(BiConsumer<AddressKey, Integer> reader) {
        clusterAddresses.forEach(reader);
    }

    @Override
    public void putClusterAddresses(Map<AddressKey, Integer> addresses) {
        writing(() -> {
            clusterAddresses.putAll(addresses);
            return true;
        });
    }

    @Override
    public void removeClusterAddresses(Collection<AddressKey> addresses) {
        writing(() -> clusterAddresses.removeAll(addresses));
    }

    @Override
    public void clusterRanges(List<AddressRange> wanted) {
        ranges.accept(wanted);
    }

    @Override
    public int[] publishedServices() {
        return extents.published();
    }

    @Override
    public Optional<Extent> extent(int service) {
        return extents.read(service);
    }

    @Override
    public int reserveService() {
        return writing(extents::reserve);
    }

    @Override
    public void claimService(int service) {
        extents.claim(service);
    }

    @Override
    public void publish(Extent extent) {
        writing(() -> {
            if (extent.algorithm().countsConnections()) {
                counts.run();
            }
            return extents.publish(extent);
        });
    }

    @Override
    public void withdraw(int service) {
        extents.withdraw(service);
    }

    @Override
    public boolean isPublished(int id) {
        return backends.isPublished(id);
    }

    @Override
    public Map<Integer, String> changedServices() {
        Map<Integer, String> changed = new TreeMap<>();
        extents.changed().forEach((service, word) -> changed.put(service, word.toString()));
        return changed;
    }

    @Override
    public void restoreService(int service) {
        extents.restore(service);
    }

    @Override
    public void restoreBackend(int id) {
        backends.restore(id);
    }

    @Override
    public List<Integer> strayBackends() {
        return backends.strays();
    }

    @Override
    public void removeStrayBackend(int id) {
        backends.removeStray(id);
    }

    @Override
    public int publishBackend() {
        return writing(backends::allocate);
    }

    @Override
    public void withdrawBackend(int id) {
        backends.release(id);
    }

    @Override
    public void makeRoom(TableDemand demand) {
        try {
            growth.accept(Map.of(
                    Tables.FRONTENDS.name(), withHeadroom(demand.frontends()),
                    Tables.CLUSTER_ADDRESSES.name(), withHeadroom(demand.services()),
                    Tables.SERVICES.name(), withHeadroom(demand.services()),
                    Tables.SLOTS.name(), withHeadroom(demand.services() + demand.backends()),
                    Tables.BACKENDS.name(), withHeadroom(demand.backends())));
        } catch (RuntimeException e) {
            LOG.warn("make room for {}: {}", demand, e.getMessage());
        }
    }

    private static int withHeadroom(int entries) {
        return entries + entries / 100 * HEADROOM + 1;
    }

    /// Whatever keeps one write from happening concerns one Service, which shows it and retries.
    private static <T> T writing(Supplier<T> write) {
        try {
            return write.get();
        } catch (RuntimeException e) {
            LOG.debug("write", e);
            throw new TableWriteException(String.valueOf(e.getMessage()), e);
        }
    }
}
