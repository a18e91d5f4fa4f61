// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.selection;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.ExtentTables;
import io.culvert.maps.SelectionTable;
import java.util.List;
import java.util.Optional;

/// The tables of an extent, by its algorithm and the weights of its backends.
public final class Selection {

    private Selection() {}

    /// Empty where programs need none: for plain chance.
    ///
    /// @param cluster the cluster set, in its order
    /// @param local the local set, in its order
    public static Optional<ExtentTables> tables(Algorithm algorithm, List<Backend> cluster, List<Backend> local) {
        return switch (algorithm) {
            case LEAST_CONNECTION, WEIGHTED_LEAST_CONNECTION, SHORTEST_EXPECTED_DELAY, NEVER_QUEUE -> Optional.empty();
            case RANDOM, POWER_OF_TWO ->
                Optional.of(new ExtentTables(schedule(cluster), schedule(local)))
                        .filter(tables -> !tables.equals(ExtentTables.POSITIONS));
            case ROUND_ROBIN -> Optional.of(ExtentTables.POSITIONS);
            case WEIGHTED_ROUND_ROBIN -> Optional.of(new ExtentTables(schedule(cluster), schedule(local)));
            case SOURCE_HASH, DESTINATION_HASH, MAGLEV -> {
                SelectionTable whole = maglev(cluster);
                yield Optional.of(new ExtentTables(whole, cluster.equals(local) ? whole : maglev(local)));
            }
        };
    }

    private static SelectionTable schedule(List<Backend> set) {
        return set.size() > SelectionTable.MAX_BACKENDS
                ? SelectionTable.EMPTY
                : Schedule.of(set.stream().mapToInt(Backend::weight).toArray());
    }

    private static SelectionTable maglev(List<Backend> set) {
        return set.isEmpty() || set.size() > SelectionTable.MAX_BACKENDS ? SelectionTable.EMPTY : Maglev.of(set);
    }
}
