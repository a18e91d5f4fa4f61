// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.List;
import java.util.Optional;

/// All backends of one service port and family, immutable once published.
///
/// Backends lie in the order local-only, both, cluster-only, so that the two sets are two ranges of one list: the
/// local set is `[0, localCount)`, the cluster set `[clusterFirst, clusterFirst + clusterCount)`.
///
/// @param service index into `services`
/// @param generation counts the extents that this service has had; [ExtentStore#publish] sets it, whatever it was
/// @param affinitySeconds 0: no session affinity
/// @param endpointsElsewhere an empty local set is dropped, not refused: other nodes have endpoints
/// @param resetRemoved open TCP connections to a backend that was removed are reset
/// @param tables what the algorithm goes by; empty where it needs none
public record Extent(
        int service,
        int generation,
        int localCount,
        int clusterFirst,
        int clusterCount,
        int affinitySeconds,
        Algorithm algorithm,
        boolean endpointsElsewhere,
        boolean resetRemoved,
        List<Backend> backends,
        Optional<ExtentTables> tables) {

    /// An extent has no more backends than this.
    public static final int MAX_BACKENDS = (1 << ServiceWord.COUNT_BITS) - 1;

    public Extent {
        backends = List.copyOf(backends);
        int count = backends.size();
        if (count > MAX_BACKENDS) {
            throw new IllegalArgumentException(count + " backends; an extent has at most " + MAX_BACKENDS);
        }
        if (!fits(localCount, clusterFirst, clusterCount, count)) {
            throw new IllegalArgumentException("local [0, %d), cluster [%d, +%d) of %d backends"
                    .formatted(localCount, clusterFirst, clusterCount, count));
        }
        if (!tables.map(has -> has.fit(clusterCount, localCount)).orElse(true)) {
            throw new IllegalArgumentException("tables name backends outside of their sets");
        }
    }

    /// An extent without tables.
    public Extent(
            int service,
            int generation,
            int localCount,
            int clusterFirst,
            int clusterCount,
            int affinitySeconds,
            Algorithm algorithm,
            boolean endpointsElsewhere,
            boolean resetRemoved,
            List<Backend> backends) {
        this(
                service,
                generation,
                localCount,
                clusterFirst,
                clusterCount,
                affinitySeconds,
                algorithm,
                endpointsElsewhere,
                resetRemoved,
                backends,
                Optional.empty());
    }

    /// Whether both ranges lie within `count` backends. Negative numbers, which are large unsigned ones, do not.
    static boolean fits(int localCount, int clusterFirst, int clusterCount, int count) {
        return localCount >= 0
                && localCount <= count
                && clusterFirst >= 0
                && clusterCount >= 0
                && (long) clusterFirst + clusterCount <= count;
    }

    /// Whether choosing at random over all backends is right for the cluster set, so that programs need not read
    /// the header. Never for an empty extent.
    public boolean plain() {
        return clusterFirst == 0
                && clusterCount == backends.size()
                && clusterCount > 0
                && algorithm == Algorithm.RANDOM
                && tables.isEmpty()
                && affinitySeconds == 0
                && !resetRemoved;
    }

    /// The local set.
    public List<Backend> local() {
        return backends.subList(0, localCount);
    }

    /// The cluster set.
    public List<Backend> cluster() {
        return backends.subList(clusterFirst, clusterFirst + clusterCount);
    }

    public Extent withGeneration(int other) {
        return with(other, backends, tables);
    }

    /// The same with other tables.
    public Extent withTables(Optional<ExtentTables> other) {
        return with(generation, backends, other);
    }

    /// The same with other backends in the same places.
    public Extent withBackends(List<Backend> others) {
        return with(generation, others, tables);
    }

    private Extent with(int otherGeneration, List<Backend> otherBackends, Optional<ExtentTables> otherTables) {
        return new Extent(
                service,
                otherGeneration,
                localCount,
                clusterFirst,
                clusterCount,
                affinitySeconds,
                algorithm,
                endpointsElsewhere,
                resetRemoved,
                otherBackends,
                otherTables);
    }

    /// How many slots it takes: header, backends, tables.
    int slots() {
        return 1 + backends.size() + tables.map(ExtentTables::slots).orElse(0);
    }

    /// Whether the two differ in nothing but generation, so that publishing `other` would change nothing.
    public boolean sameContent(Extent other) {
        return equals(other.withGeneration(generation));
    }
}
