// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.Pod;
import io.culvert.cluster.SocketLb;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.List;

/// Reads a Pod (core v1).
final class PodDecoder {

    private static final String SOCKET_LB = "culvert.io/socket-lb";

    private final BadEntries badEntries;

    PodDecoder(BadEntries badEntries) {
        this.badEntries = badEntries;
    }

    Pod decode(Metadata metadata, Fields document) {
        Fields spec = document.at("spec");
        return new Pod(
                metadata.name(),
                metadata.uid(),
                finished(document.at("status")) ? List.of() : addresses(document.at("status"), badEntries),
                spec.text("nodeName").map(String::intern).orElse(null),
                spec.flag("hostNetwork", false),
                socketLb(metadata, document));
    }

    /// Whether its addresses may be another pod's by now.
    static boolean finished(Fields status) {
        String phase = status.text("phase").orElse("");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    static List<IpAddress> addresses(Fields status, BadEntries badEntries) {
        List<IpAddress> addresses = new ArrayList<>(2);
        for (Fields entry : status.each("podIPs")) {
            Addresses.one(entry, "ip", badEntries::found).ifPresent(addresses::add);
        }
        if (addresses.isEmpty() && !status.text("podIP").orElse("").isEmpty()) {
            Addresses.one(status, "podIP", badEntries::found).ifPresent(addresses::add);
        }
        return addresses;
    }

    private SocketLb socketLb(Metadata metadata, Fields document) {
        String text = metadata.annotations().getOrDefault(SOCKET_LB, "");
        return switch (text) {
            case "on" -> SocketLb.ON;
            case "off" -> SocketLb.OFF;
            default -> {
                if (metadata.annotations().containsKey(SOCKET_LB)) {
                    badEntries.found(document.at("metadata")
                            .at("annotations")
                            .invalid(SOCKET_LB, "\"" + text + "\" is not understood", "use \"on\" or \"off\""));
                }
                yield Sidecars.in(metadata, document.at("spec")) ? SocketLb.OFF_FOR_SIDECAR : SocketLb.ON;
            }
        };
    }
}
