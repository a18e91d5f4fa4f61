// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.BackendIds;
import io.culvert.maps.ExtentStore;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// How full a map is.
///
/// @param name as it is pinned
/// @param entries in use; of arrays, those that may not be given out
/// @param capacity room for entries now; some maps grow
public record MapUse(String name, int entries, int capacity) {

    static List<MapUse> of(MapCatalogue maps, ExtentStore.Usage usage, BackendIds backendIds) {
        List<MapUse> all = new ArrayList<>();
        all.add(new MapUse(Tables.SERVICES.name(), usage.services(), usage.servicesCapacity()));
        all.add(new MapUse(Tables.SLOTS.name(), usage.slotsCapacity() - usage.slotsFree(), usage.slotsCapacity()));
        all.add(new MapUse(Tables.BACKENDS.name(), backendIds.used(), backendIds.capacity()));
        Tables.ALL.stream().filter(table -> !table.equals(Tables.FLOWS)).forEach(table -> {
            OptionalInt entries = maps.count(table);
            maps.map(table)
                    .filter(_ -> entries.isPresent())
                    .ifPresent(map -> all.add(new MapUse(
                            table.name(), entries.getAsInt(), map.info().maxEntries())));
        });
        return all;
    }
}
