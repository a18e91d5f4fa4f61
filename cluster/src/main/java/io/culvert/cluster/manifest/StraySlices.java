// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.DocumentName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Slices whose Service is in no file. They are kept, because it may come later, and told of.
final class StraySlices {

    private final Map<DocumentName, EndpointSlice> slices = new HashMap<>();
    private final Map<DocumentName, Set<DocumentName>> byService = new HashMap<>();
    private final Set<DocumentName> services = new HashSet<>();
    private final Map<DocumentName, EndpointSlice> strays = new LinkedHashMap<>();

    /// Takes what the files say of a name now.
    ///
    /// @param slice null where the name is of something else, or of nothing any more
    /// @param present whether some file has the name
    void note(DocumentName name, @Nullable EndpointSlice slice, boolean present) {
        if (name.kind() == DocumentKind.SERVICE) {
            boolean _ = present ? services.add(name) : services.remove(name);
            byService.getOrDefault(name, Set.of()).forEach(this::judge);
        } else if (name.kind() == DocumentKind.ENDPOINT_SLICE) {
            EndpointSlice before = slice == null ? slices.remove(name) : slices.put(name, slice);
            if (before != null) {
                of(serviceOf(before)).remove(name);
            }
            if (slice != null) {
                of(serviceOf(slice)).add(name);
            }
            judge(name);
        }
    }

    void forEach(BiConsumer<DocumentName, EndpointSlice> reader) {
        strays.forEach(reader);
    }

    private void judge(DocumentName name) {
        EndpointSlice slice = slices.get(name);
        if (slice != null && !services.contains(serviceOf(slice))) {
            strays.put(name, slice);
        } else {
            strays.remove(name);
        }
    }

    private Set<DocumentName> of(DocumentName service) {
        return byService.computeIfAbsent(service, _ -> new HashSet<>());
    }

    private static DocumentName serviceOf(EndpointSlice slice) {
        return new DocumentName(DocumentKind.SERVICE, slice.service());
    }
}
