// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.culvert.maps.layout.CorruptRecordException;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads published extents as programs do, but trusts nothing that it reads. It may read while another process
/// writes.
public final class ExtentReader {

    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final int ATTEMPTS = 16;

    private final ArrayMemory services;
    private final ArrayMemory slots;

    /// @param services memory of the map `services`
    /// @param slots memory of the map `slots`
    public ExtentReader(ArrayMemory services, ArrayMemory slots) {
        this.services = services;
        this.slots = slots;
    }

    /// What is found at a service.
    public sealed interface Reading {

        /// Nothing is published.
        record Nothing() implements Reading {}

        /// A sound extent.
        ///
        /// @param word what published it
        record Published(ServiceWord word, Extent extent) implements Reading {}

        /// Something that no agent of this layout writes.
        ///
        /// @param reason for example `header belongs to service 7`
        record Corrupt(ServiceWord word, String reason) implements Reading {}
    }

    /// How many services there can be.
    public int capacity() {
        return services.entries();
    }

    /// The word of a service.
    public ServiceWord word(int service) {
        ArrayMemory.View view = services.view();
        return new ServiceWord((long) WORD.getAcquire(view.memory(), view.offset(service)));
    }

    /// Reads the extent of a service. While another process replaces it, either is read, never a mixture.
    public Reading read(int service) {
        ServiceWord word = word(service);
        Reading reading = read(service, word);
        // A slow reader may see slots that were reused after the quarantine; the word has changed then.
        for (int i = 0; i < ATTEMPTS && !word(service).equals(word); i++) {
            word = word(service);
            reading = read(service, word);
        }
        return reading;
    }

    private Reading read(int service, ServiceWord word) {
        if (word.equals(ServiceWord.NONE)) {
            return new Reading.Nothing();
        }
        ArrayMemory.View view = slots.view();
        if (!word.published() || word.hasUnknownBits()) {
            return new Reading.Corrupt(word, "word has bits that are not known");
        }
        if (word.start() + 1 + word.count() > view.entries()) {
            return new Reading.Corrupt(word, "extent ends beyond the %d slots".formatted(view.entries()));
        }
        try {
            return read(service, word, view);
        } catch (CorruptRecordException e) {
            return new Reading.Corrupt(word, String.valueOf(e.getMessage()));
        }
    }

    private static Reading read(int service, ServiceWord word, ArrayMemory.View view) {
        int start = (int) word.start();
        ExtentHeader header = ExtentHeader.CODEC.read(view.memory(), view.offset(start));
        if (header.service() != service) {
            return new Reading.Corrupt(word, "header belongs to service " + Integer.toUnsignedString(header.service()));
        }
        if (!Extent.fits(header.localCount(), header.clusterFirst(), header.clusterCount(), word.count())) {
            return new Reading.Corrupt(word, "sets lie outside the extent: " + header);
        }
        List<Backend> backends = new ArrayList<>(word.count());
        for (int i = 1; i <= word.count(); i++) {
            Backend backend = Backend.CODEC.read(view.memory(), view.offset(start + i));
            if (BackendIds.index(backend.id()) == 0) {
                return new Reading.Corrupt(word, "backend %d has no id: %s".formatted(i - 1, backend));
            }
            backends.add(backend);
        }
        Optional<ExtentTables> tables =
                header.tables() ? ExtentTables.read(view, start, word.count()) : Optional.empty();
        if (header.tables()
                && !tables.map(read -> read.fit(header.clusterCount(), header.localCount()))
                        .orElse(false)) {
            return new Reading.Corrupt(word, "tables are not sound: " + header);
        }
        Extent extent = new Extent(
                service,
                header.generation(),
                header.localCount(),
                header.clusterFirst(),
                header.clusterCount(),
                header.affinitySeconds(),
                header.algorithm(),
                header.endpointsElsewhere(),
                header.resetRemoved(),
                backends,
                tables);
        if (word.plain() && !extent.plain()) {
            return new Reading.Corrupt(word, "word says plain, the header does not: " + header);
        }
        return new Reading.Published(word, extent);
    }
}
