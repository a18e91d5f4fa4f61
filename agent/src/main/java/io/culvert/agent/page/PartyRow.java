// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.observability.names.Party;

/// One end of a flow, as the page shows it.
///
/// @param kind `pod`, `host`, `remote-node`, `world` or `unknown`
/// @param namespace of a pod
/// @param name of the pod, or what it is
/// @param workload what made the pod: `Deployment/web`
/// @param address empty where it is not known
/// @param port 0: none, or not known
public record PartyRow(String kind, String namespace, String name, String workload, String address, int port) {

    static final PartyRow UNKNOWN = new PartyRow("unknown", "", "unknown", "", "", 0);

    static PartyRow of(Party party, String address, int port) {
        if (!party.isPod()) {
            String kind = reserved(party);
            return new PartyRow(kind, "", kind, "", address, port);
        }
        String workload = party.workloads().stream()
                .findFirst()
                .map(made -> made.kind() + "/" + made.name())
                .orElse("");
        return new PartyRow("pod", party.namespace(), party.pod(), workload, address, port);
    }

    private static String reserved(Party party) {
        for (Party.Reserved reserved : Party.Reserved.values()) {
            if (party.labels().contains("reserved:" + reserved.text())) {
                return reserved.text();
            }
        }
        return UNKNOWN.kind;
    }

    /// `namespace/pod`, or what it is.
    String title() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    /// What pods of one kind share: their workload, or the pod itself.
    String group() {
        if (!kind.equals("pod")) {
            return name;
        }
        return namespace + "/" + (workload.isEmpty() ? name : workload.substring(workload.indexOf('/') + 1));
    }
}
