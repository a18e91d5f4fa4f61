// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;
import java.util.stream.Collectors;

/// One element of `endpoint list`: a pod of this node that policies apply to.
///
/// @param id as in flows; 0 where nobody knows names
/// @param namespace empty where nobody knows names
/// @param ingress `isolated`, `rules` (of ClusterNetworkPolicies only) or `open`
/// @param egress the same
/// @param ingressPolicies that select it, `namespace/name`; empty where nobody knows names
/// @param identities in the kernel's maps, of its addresses; without those that are in none
/// @param audit whether what would be dropped is counted, and passes
public record EndpointRow(
        int id,
        String namespace,
        String name,
        List<String> addresses,
        String ingress,
        String egress,
        List<String> ingressPolicies,
        List<String> egressPolicies,
        List<Integer> identities,
        boolean audit) {

    /// The columns that users of `cilium-dbg endpoint list` know, with the pod's name in place of an id, which is a
    /// wide one.
    public static List<Column<EndpointRow>> columns() {
        return List.of(
                Column.of("Pod", row -> row.name().isEmpty() ? "-" : row.namespace() + "/" + row.name()),
                Column.of("Policy (Ingress)", EndpointRow::ingress),
                Column.of("Policy (Egress)", EndpointRow::egress),
                Column.of("Mode", row -> row.audit() ? "audit" : "enforce"),
                Column.of(
                        "Identity",
                        row -> Text.orDash(
                                row.identities().stream().map(String::valueOf).collect(Collectors.joining(",")))),
                Column.lines("Address", EndpointRow::addresses),
                Column.wide("Endpoint", row -> row.id() == 0 ? "-" : String.valueOf(row.id())),
                Column.wideLines("Ingress Policies", EndpointRow::ingressPolicies),
                Column.wideLines("Egress Policies", EndpointRow::egressPolicies));
    }
}
