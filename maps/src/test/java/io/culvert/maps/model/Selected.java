// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.ConnectionHash;
import io.culvert.maps.Extent;
import io.culvert.maps.SelectionTable;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Whom the algorithm of a Service may choose.
final class Selected {

    private Selected() {}

    /// One backend where it is by hash, else those of the set that have a turn.
    static List<Backend> of(Extent extent, boolean local, Packet packet) {
        List<Backend> set = local ? extent.local() : extent.cluster();
        SelectionTable table = extent.tables()
                .map(tables -> local ? tables.local() : tables.cluster())
                .orElse(SelectionTable.EMPTY);
        OptionalInt hash =
                ConnectionHash.of(extent.algorithm(), packet.source(), packet.destination(), packet.protocol());
        if (hash.isPresent()) {
            int size = table.size() == 0 ? set.size() : table.size();
            int entry = ConnectionHash.entry(hash.getAsInt(), size);
            return List.of(set.get(table.size() == 0 ? entry : table.place(entry)));
        }
        boolean all = extent.algorithm().countsConnections() && extent.algorithm() != Algorithm.POWER_OF_TWO;
        return table.size() == 0 || all
                ? set
                : IntStream.range(0, table.size())
                        .map(table::place)
                        .distinct()
                        .mapToObj(set::get)
                        .toList();
    }
}
