// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import java.util.List;

/// Turns documents into the records that policies are made of. Methods throw [InvalidObjectException] as those of
/// [ObjectDecoder] do, which calls them. What is only wrong or unknown in an entry of a list is a bad entry: where the
/// object is not refused for it, the entry stays, as one that is not understood.
final class PolicyDecoder {

    private static final String POLICY_MODE = "culvert.io/policy-mode";

    private final NetworkPolicyDecoder networkPolicies;
    private final ClusterNetworkPolicyDecoder clusterNetworkPolicies;
    private final PolicyPodDecoder pods;
    private final BadEntries badEntries;

    PolicyDecoder(BadEntries badEntries, Scope scope) {
        this.badEntries = badEntries;
        this.networkPolicies = new NetworkPolicyDecoder(badEntries);
        this.clusterNetworkPolicies = new ClusterNetworkPolicyDecoder(badEntries);
        this.pods = new PolicyPodDecoder(badEntries, scope);
    }

    NetworkPolicy networkPolicy(Metadata metadata, Fields document) {
        return networkPolicies.decode(metadata, document.at("spec"));
    }

    ClusterNetworkPolicy clusterNetworkPolicy(Metadata metadata, Fields document) {
        return clusterNetworkPolicies.decode(metadata, document.at("spec"));
    }

    PolicyPod pod(Metadata metadata, Fields document) {
        return pods.decode(metadata, document);
    }

    /// A node with what of its `status.addresses` is an address; others are names.
    PolicyNode node(Metadata metadata, Fields document) {
        List<IpAddress> addresses = document.at("status").each("addresses").stream()
                .flatMap(entry -> entry.text("address").flatMap(IpAddress::parse).stream())
                .toList();
        return new PolicyNode(metadata.name().name(), metadata.labels(), addresses);
    }

    Namespace namespace(Metadata metadata, Fields document) {
        return new Namespace(metadata.name().name(), metadata.labels(), audit(metadata, document));
    }

    private boolean audit(Metadata metadata, Fields document) {
        String text = metadata.annotations().getOrDefault(POLICY_MODE, "enforce");
        return switch (text) {
            case "audit" -> true;
            case "enforce" -> false;
            default -> {
                badEntries.found(document.at("metadata")
                        .at("annotations")
                        .invalid(POLICY_MODE, "\"" + text + "\" is not understood", "use \"audit\" or \"enforce\""));
                yield false;
            }
        };
    }
}
