// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.culvert.maps.ExtentReader.Reading;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/// The published extents: the arrays `services` and `slots` through mapped memory, without a system call.
///
/// A change is written to free slots, then published by one store of the service's word with release order. Programs
/// see the old extent or the new one, never a mixture. The old one's slots are reused after a quarantine. See
/// `docs/maps.md`.
///
/// One process writes. Within it the store is safe for use by several threads.
public final class ExtentStore {

    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final ArrayMemory services;
    private final ArrayMemory slots;
    private final ExtentReader reader;
    private final Growth growth;
    private final IndexPool indexes;
    private final SlotAllocator allocator;
    private final List<CorruptExtent> corrupt = new ArrayList<>();
    private List<Integer> foundIds = new ArrayList<>();
    /// What this store believes is published: freeing what a foreign word names could free another service's slots.
    private long[] words;
    /// How many slots the extent of each service takes.
    private int[] lengths;

    private int[] generations;

    /// Something found in the maps that was not trusted. The service was withdrawn: its frontends act as if they did
    /// not exist until it is published again.
    ///
    /// @param word as it was found
    /// @param reason for people
    public record CorruptExtent(int service, ServiceWord word, String reason) {

        @Override
        public String toString() {
            return "services[%d]: %s; 0x%016x withdrawn".formatted(service, reason, word.bits());
        }
    }

    /// How full the store is.
    ///
    /// @param services indexes in use
    /// @param slotsQuarantined released, not yet free
    /// @param longestHole slots of the largest extent, header included, that fits without growth
    public record Usage(
            int services,
            int servicesCapacity,
            int slotsFree,
            int slotsQuarantined,
            int slotsCapacity,
            int longestHole) {

        /// Slots of published extents, headers included.
        public int slotsUsed() {
            return slotsCapacity - slotsFree - slotsQuarantined;
        }
    }

    /// Takes over what the maps hold. Extents that are not sound are withdrawn and listed by [#corrupt].
    ///
    /// @param services memory of the map `services`
    /// @param slots memory of the map `slots`
    /// @param growth called when there is no room
    public ExtentStore(ArrayMemory services, ArrayMemory slots, Quarantine quarantine, Growth growth) {
        this.services = services;
        this.slots = slots;
        this.reader = new ExtentReader(services, slots);
        this.growth = growth;
        this.indexes = new IndexPool(0, services.entries(), quarantine);
        this.allocator = new SlotAllocator(slots.entries(), quarantine);
        this.words = new long[services.entries()];
        this.lengths = new int[services.entries()];
        this.generations = new int[services.entries()];
        for (int service = 0; service < words.length; service++) {
            adopt(service);
        }
    }

    private void adopt(int service) {
        switch (reader.read(service)) {
            case Reading.Nothing _ -> {}
            case Reading.Corrupt(ServiceWord word, String reason) -> distrust(service, word, reason);
            case Reading.Published(ServiceWord word, Extent extent) -> {
                if (allocator.claim((int) word.start(), extent.slots())) {
                    indexes.claim(service);
                    words[service] = word.bits();
                    lengths[service] = extent.slots();
                    generations[service] = extent.generation();
                    extent.backends().forEach(backend -> foundIds.add(backend.id()));
                } else {
                    distrust(service, word, "extent overlaps another one");
                }
            }
        }
    }

    private void distrust(int service, ServiceWord word, String reason) {
        corrupt.add(new CorruptExtent(service, word, reason));
        storeWord(service, ServiceWord.NONE);
    }

    /// What was found unsound when the store was opened.
    public synchronized List<CorruptExtent> corrupt() {
        return List.copyOf(corrupt);
    }

    /// The ids in the extents that were found when the store was opened, for [BackendIds#adopt]; forgotten once
    /// told.
    public synchronized List<Integer> takeFoundIds() {
        List<Integer> ids = foundIds;
        foundIds = List.of();
        return ids;
    }

    /// An index for a new service. It is in use until [#withdraw].
    ///
    /// @throws MapFullException if none is free and the map cannot grow
    public synchronized int reserve() {
        followGrowth();
        OptionalInt index = indexes.take();
        if (index.isEmpty()) {
            growth.grow(services.map(), services.entries() + 1);
            followGrowth();
            index = indexes.take();
        }
        return index.orElseThrow(() -> new IllegalStateException("growth of services gave no room"));
    }

    /// Marks an index as in use although nothing is published there, because a frontend that was found refers to
    /// it.
    public synchronized void claim(int service) {
        followGrowth();
        indexes.claim(service);
    }

    /// The extent of a service as the kernel has it; empty if there is none or it is not sound.
    public synchronized Optional<Extent> read(int service) {
        return reader.read(service) instanceof Reading.Published(ServiceWord word, Extent extent)
                        && word.bits() == words[service]
                ? Optional.of(extent)
                : Optional.empty();
    }

    /// Indexes of services that have an extent, ascending.
    public synchronized int[] published() {
        BitSet set = new BitSet();
        for (int service = 0; service < words.length; service++) {
            set.set(service, words[service] != 0);
        }
        return set.stream().toArray();
    }

    /// Whether the word of this service is the one that was stored last: false if another writer changed it.
    public synchronized boolean isIntact(int service) {
        return reader.word(service).bits() == words[service];
    }

    /// The services whose word another writer changed, with what is there now.
    public synchronized Map<Integer, ServiceWord> changed() {
        Map<Integer, ServiceWord> changed = new TreeMap<>();
        for (int service = 0; service < words.length; service++) {
            ServiceWord word = reader.word(service);
            if (word.bits() != words[service]) {
                changed.put(service, word);
            }
        }
        return changed;
    }

    /// Stores the word of a service as it was stored last. What lies in its slots is not looked at.
    public synchronized void restore(int service) {
        storeWord(service, new ServiceWord(words[service]));
    }

    /// Publishes an extent in place of the one that its service has. The index is from [#reserve], or was found in
    /// use.
    ///
    /// @return the generation that it was given: one more than the previous extent's, 1 for the first
    /// @throws MapFullException if there is no room and the map cannot grow; the previous extent keeps serving
    /// @throws IllegalStateException if the index was withdrawn
    public synchronized int publish(Extent extent) {
        int service = extent.service();
        int count = extent.backends().size();
        requireIds(extent);
        followGrowth();
        if (!indexes.isUsed(service) && !indexes.claim(service)) {
            throw new IllegalStateException("service %d was withdrawn; reserve another index".formatted(service));
        }
        long old = words[service];
        int oldLength = lengths[service];
        int start = takeSlots(extent.slots());
        int generation = old == 0 ? 1 : generations[service] + 1;
        ArrayMemory.View view = slots.view();
        ExtentHeader.CODEC.write(view.memory(), view.offset(start), ExtentHeader.of(extent.withGeneration(generation)));
        for (int i = 0; i < count; i++) {
            Backend.CODEC.write(
                    view.memory(), view.offset(start + 1 + i), extent.backends().get(i));
        }
        extent.tables().ifPresent(tables -> tables.write(view, start, count, positions(view, old, oldLength)));
        storeWord(service, ServiceWord.of(start, count, extent.plain()));
        lengths[service] = extent.slots();
        generations[service] = generation;
        releaseSlots(old, oldLength);
        return generation;
    }

    private static void requireIds(Extent extent) {
        for (Backend backend : extent.backends()) {
            if (BackendIds.index(backend.id()) == 0) {
                throw new IllegalArgumentException("service %d: no id: %s".formatted(extent.service(), backend));
            }
        }
    }

    /// Takes a service's extent back and its index out of use. No frontend may refer to it any more.
    public synchronized void withdraw(int service) {
        long old = words[service];
        storeWord(service, ServiceWord.NONE);
        releaseSlots(old, lengths[service]);
        lengths[service] = 0;
        if (indexes.isUsed(service)) {
            indexes.release(service);
        }
    }

    public synchronized Usage usage() {
        followGrowth();
        return new Usage(
                indexes.used(),
                indexes.capacity(),
                allocator.free(),
                allocator.quarantined(),
                allocator.capacity(),
                allocator.longestHole());
    }

    private int takeSlots(int length) {
        OptionalInt start = allocator.take(length);
        if (start.isEmpty()) {
            growth.grow(slots.map(), Math.addExact(slots.entries(), length));
            followGrowth();
            start = allocator.take(length);
        }
        return start.orElseThrow(() -> new IllegalStateException("growth of slots gave no room"));
    }

    /// The memory may have become larger since the last call, for this store or for another reason.
    private void followGrowth() {
        if (services.entries() == words.length && slots.entries() == allocator.capacity()) {
            return;
        }
        indexes.extend(services.entries());
        allocator.extend(slots.entries());
        words = Arrays.copyOf(words, services.entries());
        lengths = Arrays.copyOf(lengths, services.entries());
        generations = Arrays.copyOf(generations, services.entries());
    }

    private void storeWord(int service, ServiceWord word) {
        ArrayMemory.View view = services.view();
        WORD.setRelease(view.memory(), view.offset(service), word.bits());
        words[service] = word.bits();
    }

    private void releaseSlots(long word, int length) {
        if (word != 0) {
            allocator.release((int) new ServiceWord(word).start(), length);
        }
    }

    /// Where turns go on: after the last one.
    private static ExtentTables.Positions positions(ArrayMemory.View view, long word, int length) {
        ServiceWord old = new ServiceWord(word);
        return length > 1 + old.count()
                ? ExtentTables.positions(view, (int) old.start(), old.count())
                : ExtentTables.Positions.ZERO;
    }
}
