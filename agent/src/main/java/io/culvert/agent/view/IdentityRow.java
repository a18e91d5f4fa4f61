// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One element of `identity list`: what pods have in common that no policy can tell apart.
///
/// @param number in the kernel's maps; 0: it is in none
/// @param namespace empty where nobody knows names
/// @param namespaceLabels only those that some policy asks for
/// @param podLabels only those that some policy asks for
/// @param ports `name:port/protocol`, of names that some egress rule has
/// @param addresses how many have it
public record IdentityRow(
        int number,
        String namespace,
        Map<String, String> namespaceLabels,
        Map<String, String> podLabels,
        List<String> ports,
        int addresses) {

    public static List<Column<IdentityRow>> columns() {
        return List.of(
                Column.of("Identity", row -> row.number() == 0 ? "-" : Integer.toString(row.number())),
                Column.of("Namespace", row -> Text.orDash(row.namespace())),
                Column.lines("Labels", IdentityRow::labels),
                Column.wideLines("Ports", IdentityRow::ports),
                Column.of("Addresses", row -> Integer.toString(row.addresses())));
    }

    /// `app=web`, and of its namespace `namespace:team=a`.
    private List<String> labels() {
        List<String> labels = new ArrayList<>();
        new TreeMap<>(podLabels).forEach((key, value) -> labels.add(key + "=" + value));
        new TreeMap<>(namespaceLabels).forEach((key, value) -> labels.add("namespace:" + key + "=" + value));
        return labels;
    }
}
