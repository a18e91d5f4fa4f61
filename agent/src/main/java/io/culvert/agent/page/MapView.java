// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import java.util.List;

/// Who talked to whom of late.
///
/// @param node this node
/// @param windowSeconds of what time this is
/// @param written flows that came since the start
/// @param kept flows in the store, of `capacity`
/// @param ringLost events that programs found no room for
/// @param partial whether there were more flows in that time than were looked at
/// @param hidden edges that are left out, those with the least traffic
public record MapView(
        String node,
        double windowSeconds,
        long written,
        long kept,
        long capacity,
        long ringLost,
        boolean partial,
        List<Node> nodes,
        List<Edge> edges,
        int hidden,
        List<Verdict> verdicts) {

    /// @param id unique
    /// @param kind `pod` (with all of its workload), `service`, `host`, `remote-node`, `world`, `unknown`
    public record Node(String id, String kind, String title) {}

    /// @param from id of a node
    /// @param connections that began; of what has no handshake, how often it was told of
    /// @param bytes of connections that ended
    /// @param ports that were dialled, a few
    /// @param reasons of drops
    public record Edge(
            String from,
            String to,
            long connections,
            long drops,
            long bytes,
            List<String> ports,
            List<String> reasons) {}

    /// @param policy empty: none, the default decided
    /// @param action `forwarded`, `dropped`, `audit`
    public record Verdict(String policy, String direction, String action, long count) {}
}
