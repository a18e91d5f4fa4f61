// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.Node;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads a Node (core v1).
final class NodeDecoder {

    private static final String ZONE = "topology.kubernetes.io/zone";

    private final BadEntries badEntries;

    NodeDecoder(BadEntries badEntries) {
        this.badEntries = badEntries;
    }

    Node decode(Metadata metadata, Fields document) {
        String zone = metadata.label(ZONE).filter(text -> !text.isEmpty()).orElse(null);
        Fields spec = document.at("spec");
        return new Node(
                metadata.name(),
                internalIps(document.at("status")),
                zone,
                Addresses.prefixes(spec, "podCIDRs", badEntries::found),
                taints(spec),
                document.at("metadata").has("deletionTimestamp"));
    }

    private static Set<String> taints(Fields spec) {
        Set<String> keys = new HashSet<>();
        spec.each("taints").forEach(taint -> keys.add(taint.requiredText("key")));
        return keys;
    }

    private List<IpAddress> internalIps(Fields status) {
        List<IpAddress> addresses = new ArrayList<>();
        for (Fields entry : status.each("addresses")) {
            if (entry.requiredText("type").equals("InternalIP")) {
                Addresses.one(entry, "address", badEntries::found).ifPresent(addresses::add);
            }
        }
        return addresses;
    }
}
