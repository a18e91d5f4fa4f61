// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.EndpointRow;
import io.culvert.agent.view.IdentityRow;
import io.culvert.agent.view.IpcacheRow;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyTables;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the kernel's maps hold of policies: numbers and addresses, no names.
final class PinnedPolicies {

    private PinnedPolicies() {}

    static List<EndpointRow> endpoints(MapCatalogue maps) {
        PolicyTables tables = maps.policies();
        int side = tables.control().get(0).side();
        Map<Integer, List<EndpointKey>> keys = new TreeMap<>();
        Map<Integer, Endpoint> pods = new TreeMap<>();
        tables.endpoints().forEach((key, pod) -> {
            keys.computeIfAbsent(pod.number(side), _ -> new ArrayList<>()).add(key);
            pods.put(pod.number(side), pod);
        });
        Map<String, Integer> identities = new TreeMap<>();
        tables.ipcache().forEach((key, entry) -> identities.put(key.address().toString(), entry.identity(side)));
        List<EndpointRow> rows = new ArrayList<>();
        pods.forEach((number, pod) -> {
            List<String> addresses = keys.getOrDefault(number, List.of()).stream()
                    .map(EndpointKey::toString)
                    .sorted()
                    .toList();
            rows.add(new EndpointRow(
                    0,
                    "",
                    "",
                    addresses,
                    state(tables, pod.sets(side).ingress()),
                    state(tables, pod.sets(side).egress()),
                    List.of(),
                    List.of(),
                    addresses.stream()
                            .map(address -> identities.getOrDefault(address, 0))
                            .filter(identity -> identity != 0)
                            .distinct()
                            .toList(),
                    (pod.flags() & Endpoint.AUDIT) != 0));
        });
        return rows;
    }

    private static String state(PolicyTables tables, int set) {
        if (set == 0) {
            return "open";
        }
        return (tables.sets().get(set).flags() & PolicySetEntry.ISOLATED) != 0 ? "isolated" : "rules";
    }

    static List<IdentityRow> identities(MapCatalogue maps) {
        Map<Integer, Integer> addresses = new TreeMap<>();
        ipcache(maps).forEach(row -> addresses.merge(row.identity(), 1, Integer::sum));
        return addresses.entrySet().stream()
                .map(entry -> new IdentityRow(entry.getKey(), "", Map.of(), Map.of(), List.of(), entry.getValue()))
                .toList();
    }

    /// By address.
    static List<IpcacheRow> ipcache(MapCatalogue maps) {
        PolicyTables tables = maps.policies();
        int side = tables.control().get(0).side();
        List<IpcacheRow> rows = new ArrayList<>();
        tables.ipcache()
                .forEach((key, entry) -> rows.add(new IpcacheRow(key.address().toString(), entry.identity(side), "")));
        rows.sort(Comparator.comparing(IpcacheRow::address));
        return rows;
    }
}
