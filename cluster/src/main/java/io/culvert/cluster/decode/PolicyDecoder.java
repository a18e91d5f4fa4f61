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
/// [ObjectDecoder] do. What is only wrong or unknown in an entry of a list is a bad entry: where the object is not
/// refused
/// for it, the entry stays, as one that is not understood.
public final class PolicyDecoder {

    private final NetworkPolicyDecoder networkPolicies;
    private final ClusterNetworkPolicyDecoder clusterNetworkPolicies;
    private final PolicyPodDecoder pods;

    public PolicyDecoder(BadEntries badEntries) {
        this.networkPolicies = new NetworkPolicyDecoder(badEntries);
        this.clusterNetworkPolicies = new ClusterNetworkPolicyDecoder(badEntries);
        this.pods = new PolicyPodDecoder(badEntries);
    }

    public NetworkPolicy networkPolicy(Value.Mapping document) {
        Fields fields = Fields.of(document);
        return networkPolicies.decode(Metadata.of(DocumentKind.NETWORK_POLICY, fields), fields.at("spec"));
    }

    public ClusterNetworkPolicy clusterNetworkPolicy(Value.Mapping document) {
        Fields fields = Fields.of(document);
        return clusterNetworkPolicies.decode(
                Metadata.of(DocumentKind.CLUSTER_NETWORK_POLICY, fields), fields.at("spec"));
    }

    public PolicyPod pod(Value.Mapping document) {
        Fields fields = Fields.of(document);
        return pods.decode(Metadata.of(DocumentKind.POD, fields), fields);
    }

    /// A node with what of its `status.addresses` is an address; others are names.
    public PolicyNode node(Value.Mapping document) {
        Fields fields = Fields.of(document);
        Metadata metadata = Metadata.of(DocumentKind.NODE, fields);
        List<IpAddress> addresses = fields.at("status").each("addresses").stream()
                .flatMap(entry -> entry.text("address").flatMap(IpAddress::parse).stream())
                .toList();
        return new PolicyNode(metadata.name().name(), metadata.labels(), addresses);
    }

    public Namespace namespace(Value.Mapping document) {
        Metadata metadata = Metadata.of(DocumentKind.NAMESPACE, Fields.of(document));
        return new Namespace(metadata.name().name(), metadata.labels());
    }
}
