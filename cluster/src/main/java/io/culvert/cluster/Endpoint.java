// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One endpoint of a slice. There may be 100,000 of these, so strings and sets are shared between them.
///
/// @param address the first of the endpoint's addresses, the only one that counts
/// @param ready `conditions.ready`, absent read as true
/// @param serving `conditions.serving`, absent read as true
/// @param terminating `conditions.terminating`, absent read as false
/// @param nodeName the node it runs on; null counts as remote everywhere
/// @param zoneHints names of `hints.forZones`
/// @param nodeHints names of `hints.forNodes`
public record Endpoint(
        IpAddress address,
        boolean ready,
        boolean serving,
        boolean terminating,
        @Nullable String nodeName,
        @Nullable String zone,
        Set<String> zoneHints,
        Set<String> nodeHints) {

    public Endpoint {
        zoneHints = Set.copyOf(zoneHints);
        nodeHints = Set.copyOf(nodeHints);
    }

    /// A ready endpoint without hints.
    public static Endpoint ready(IpAddress address, @Nullable String nodeName) {
        return new Endpoint(address, true, true, false, nodeName, null, Set.of(), Set.of());
    }
}
