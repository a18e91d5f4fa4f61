// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.SourceRangeKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// The tables of the datapath that load balancing writes, as far as it needs to know them. One writer at a time.
///
/// Every write is visible to the datapath when the method returns and survives the agent's death from then on. Adding
/// and removing frontends and client ranges, reserving and publishing throw [TableWriteException] when they fail;
/// withdrawing is a store to mapped memory and does not fail.
public interface ServiceTables {

    /// Every frontend that the kernel holds.
    void forEachFrontend(BiConsumer<FrontendKey, Frontend> reader);

    /// Every frontend that the kernel holds, also those that no agent of this layout wrote: they have no value.
    void forEachFoundFrontend(BiConsumer<FrontendKey, Optional<Frontend>> reader);

    /// A frontend as the kernel holds it.
    Optional<Frontend> frontend(FrontendKey key);

    /// Adds or replaces frontends, each atomically. On failure any part of them may have been written.
    void putFrontends(Map<FrontendKey, Frontend> frontends);

    /// Removes frontends; those that are not there are none to remove. On failure any part of them may be gone.
    void removeFrontends(Collection<FrontendKey> frontends);

    /// Every client range that the kernel holds.
    void forEachSourceRange(Consumer<SourceRangeKey> reader);

    /// Adds client ranges. On failure any part of them may have been written.
    void putSourceRanges(Collection<SourceRangeKey> ranges);

    /// Removes client ranges; those that are not there are none to remove. On failure any part of them may be gone.
    void removeSourceRanges(Collection<SourceRangeKey> ranges);

    /// Every cluster IP that the kernel knows, with [AddressKey#REFUSE] or [AddressKey#LEAVE].
    void forEachClusterAddress(BiConsumer<AddressKey, Integer> reader);

    /// Adds or replaces cluster IPs. On failure any part of them may have been written.
    void putClusterAddresses(Map<AddressKey, Integer> addresses);

    /// Removes cluster IPs; those that are not there are none to remove. On failure any part of them may be gone.
    void removeClusterAddresses(Collection<AddressKey> addresses);

    /// Says where cluster IPs lie, in place of what was said before.
    void clusterRanges(List<AddressRange> ranges);

    /// The service indexes that have an extent, in ascending order.
    int[] publishedServices();

    /// The extent that the datapath uses for a service index.
    Optional<Extent> extent(int service);

    /// Takes a service index that nothing uses. It is in use until [#withdraw].
    int reserveService();

    /// Marks a service index as in use although it has no extent.
    void claimService(int service);

    /// Makes `extent` the one that the datapath uses for its service index, atomically, and gives it a generation.
    /// Every backend id in it must be published.
    void publish(Extent extent);

    /// Leaves a service index without an extent and unused. No frontend may lead to it.
    void withdraw(int service);

    /// Whether flows that hold this id may go on. When the tables are opened, the ids in extents are published and all
    /// others are not, except that of two ids with one index only one can be.
    boolean isPublished(int id);

    /// The service indexes under which another writer put something, with what is there, for people.
    Map<Integer, String> changedServices();

    /// Undoes what another writer did to a service index. Of the extent itself nothing is known.
    void restoreService(int service);

    /// Publishes an id again that is published as far as this process knows.
    void restoreBackend(int id);

    /// The ids that another writer published.
    List<Integer> strayBackends();

    /// Takes back an id that another writer published.
    void removeStrayBackend(int id);

    /// Takes a backend id that no flow holds, and publishes it.
    int publishBackend();

    /// Gives a published id back. UDP flows that hold it are given another backend; it does not come back soon.
    void withdrawBackend(int id);

    /// Announces how much is about to be held in all, so that tables grow once and not step by step. Growth that
    /// fails is reported by the write that misses it.
    default void makeRoom(TableDemand demand) {}
}
