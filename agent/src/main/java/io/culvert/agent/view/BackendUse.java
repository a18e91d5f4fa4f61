// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One element of `backend list`: a backend, and the Services that send it connections.
public record BackendUse(
        String address,
        int port,
        String protocol,
        String state,
        @Nullable String node,
        @Nullable String zone,
        boolean local,
        List<String> services) {

    private record Key(String address, int port, String protocol, String state) {}

    /// Every backend of the frontends once, by address, port, protocol and state.
    public static List<BackendUse> of(List<FrontendRow> frontends) {
        Comparator<Key> order = Comparator.comparing(Key::address)
                .thenComparingInt(Key::port)
                .thenComparing(Key::protocol)
                .thenComparing(Key::state);
        Map<Key, BackendRow> backends = new TreeMap<>(order);
        Map<Key, TreeSet<String>> services = new TreeMap<>(order);
        for (FrontendRow frontend : frontends) {
            for (BackendRow backend : frontend.backends()) {
                Key key = new Key(
                        backend.address(), backend.port(), frontend.frontend().protocol(), backend.state());
                backends.putIfAbsent(key, backend);
                services.computeIfAbsent(key, _ -> new TreeSet<>()).add(frontend.service());
            }
        }
        List<BackendUse> uses = new ArrayList<>(backends.size());
        backends.forEach((key, backend) -> uses.add(new BackendUse(
                key.address(),
                key.port(),
                key.protocol(),
                key.state(),
                backend.node(),
                backend.zone(),
                backend.local(),
                List.copyOf(services.getOrDefault(key, new TreeSet<>())))));
        return uses;
    }

    public static List<Column<BackendUse>> columns() {
        return List.of(
                Column.of("Backend", use -> new AddressRow(use.address(), use.port(), use.protocol()).toString()),
                Column.of("State", BackendUse::state),
                Column.of("Node", use -> Text.orDash(use.node())),
                Column.wide("Zone", use -> Text.orDash(use.zone())),
                Column.wide("Local", use -> use.local() ? "yes" : "no"),
                Column.lines("Service", BackendUse::services));
    }
}
