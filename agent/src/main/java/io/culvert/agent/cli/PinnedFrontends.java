// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.AddressRow;
import io.culvert.agent.view.BackendRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentReader;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.MapCatalogue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Frontends as the kernel's maps have them: names, types and policies are the agent's knowledge.
final class PinnedFrontends {

    private PinnedFrontends() {}

    /// By address, port and protocol.
    static List<FrontendRow> read(MapCatalogue maps) {
        Map<FrontendKey, Frontend> frontends = new TreeMap<>(Comparator.comparing(FrontendKey::address)
                .thenComparingInt(FrontendKey::port)
                .thenComparing(FrontendKey::protocol));
        maps.frontends().forEach(frontends::put);
        var extents = maps.extents();
        List<FrontendRow> rows = new ArrayList<>(frontends.size());
        frontends.forEach((key, frontend) -> {
            if (extents.read(frontend.service()) instanceof ExtentReader.Reading.Published published) {
                rows.add(row(key, frontend, published.extent()));
            }
        });
        return rows;
    }

    private static FrontendRow row(FrontendKey key, Frontend frontend, Extent extent) {
        List<Backend> chosen = frontend.localSet() ? extent.local() : extent.cluster();
        List<BackendRow> backends = chosen.stream()
                .map(PinnedFrontends::row)
                .sorted(Comparator.comparing(BackendRow::address).thenComparingInt(BackendRow::port))
                .toList();
        return new FrontendRow(
                "",
                "",
                "",
                "",
                new AddressRow(
                        key.address().toString(), key.port(), key.protocol().name()),
                extent.algorithm().toString(),
                "",
                "",
                "",
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
