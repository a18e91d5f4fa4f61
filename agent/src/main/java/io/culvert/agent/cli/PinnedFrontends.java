// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.AddressRow;
import io.culvert.agent.view.BackendRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentReader;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.MapCatalogue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Frontends as the kernel's maps have them: names, and the policy that a type does not follow, are the agent's
/// knowledge.
final class PinnedFrontends {

    private PinnedFrontends() {}

    /// By address, port and protocol.
    static List<FrontendRow> read(MapCatalogue maps) {
        Map<FrontendKey, Frontend> frontends = new TreeMap<>(Comparator.comparing(FrontendKey::address)
                .thenComparingInt(FrontendKey::port)
                .thenComparing(FrontendKey::protocol));
        maps.frontends().forEach(frontends::put);
        Map<Integer, List<String>> ranges = new HashMap<>();
        maps.sourceRanges()
                .forEach((range, _) -> ranges.computeIfAbsent(range.service(), _ -> new ArrayList<>())
                        .add(range.range().toString()));
        ranges.values().forEach(Collections::sort);
        var extents = maps.extents();
        List<FrontendRow> rows = new ArrayList<>(frontends.size());
        frontends.forEach((key, frontend) -> {
            if (extents.read(frontend.service()) instanceof ExtentReader.Reading.Published published) {
                List<String> clients = ranges.getOrDefault(frontend.service(), List.of("none"));
                rows.add(row(key, frontend, published.extent(), clients));
            }
        });
        return rows;
    }

    private static FrontendRow row(FrontendKey key, Frontend frontend, Extent extent, List<String> ranges) {
        List<Backend> chosen = frontend.localSet() ? extent.local() : extent.cluster();
        List<BackendRow> backends = chosen.stream()
                .map(PinnedFrontends::row)
                .sorted(Comparator.comparing(BackendRow::address).thenComparingInt(BackendRow::port))
                .toList();
        String policy = (frontend.localSet() ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER).apiName();
        boolean inside = frontend.type() == FrontendType.CLUSTER_IP;
        return new FrontendRow(
                "",
                "",
                "",
                frontend.type().toString(),
                new AddressRow(
                        key.address().toString(), key.port(), key.protocol().name()),
                extent.algorithm().toString(),
                FrontendRow.forwardingMode(frontend.has(FrontendFlag.DSR)),
                inside ? policy : "",
                inside ? "" : policy,
                extent.affinitySeconds() > 0 ? "ClientIP" : "None",
                frontend.has(FrontendFlag.SOURCE_RANGES) ? ranges : List.of(),
                backends);
    }

    private static BackendRow row(Backend backend) {
        return new BackendRow(
                backend.address().toString(),
                backend.port(),
                backend.terminating() ? "terminating" : "active",
                null,
                null,
                backend.local(),
                backend.weight(),
                backend.id());
    }
}
