// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.net.IpAddress;
import io.culvert.observability.hubble.AgentLog;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.PolicyName;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells in the log what changed about policies, pods of this node, and addresses of pods. What was there at the start
/// is no news.
public final class ClusterNews {

    private final String nodeName;
    private final NodeNames names;
    private final AgentLog log;
    private PolicyState before = PolicyState.EMPTY;
    private long revision;

    public ClusterNews(String nodeName, NodeNames names, AgentLog log) {
        this.nodeName = nodeName;
        this.names = names;
        this.log = log;
    }

    /// Takes an update of [io.culvert.cluster.ClusterStore#subscribePolicies], after names were told of it.
    public void follow(ClusterUpdate update) {
        PolicyState now = update.state().policies();
        revision++;
        if (!update.policies().everything()) {
            update.policies().of(ObjectKind.NETWORK_POLICY).forEach(name -> policy(name, now));
            update.policies().of(ObjectKind.CLUSTER_NETWORK_POLICY).forEach(name -> clusterPolicy(name.name(), now));
            update.policies()
                    .of(ObjectKind.POD)
                    .forEach(name -> pod(before.pods().get(name), now.pods().get(name)));
        }
        before = now;
    }

    private void policy(ObjectName name, PolicyState now) {
        NetworkPolicy policy = now.networkPolicies().get(name);
        PolicyName shown = new PolicyName("NetworkPolicy", name.namespace(), name.name());
        if (policy == null) {
            log.policyDeleted(shown, revision);
        } else {
            log.policyUpdated(
                    shown, revision, policy.ingress().size() + policy.egress().size());
        }
    }

    private void clusterPolicy(String name, PolicyState now) {
        ClusterNetworkPolicy policy = now.clusterNetworkPolicies().get(name);
        PolicyName shown = new PolicyName("ClusterNetworkPolicy", "", name);
        if (policy == null) {
            log.policyDeleted(shown, revision);
        } else {
            log.policyUpdated(
                    shown, revision, policy.ingress().size() + policy.egress().size());
        }
    }

    private void pod(@Nullable PolicyPod old, @Nullable PolicyPod pod) {
        Set<IpAddress> had = addresses(old);
        Set<IpAddress> has = addresses(pod);
        if (old != null && !had.isEmpty()) {
            had.stream()
                    .filter(address -> !has.contains(address))
                    .forEach(address -> log.addressDeleted(cidr(address), names.made(old, 0)));
            if (has.isEmpty() && nodeName.equals(old.nodeName())) {
                log.endpointDeleted(names.made(old, 0));
            }
        }
        if (pod != null && !has.isEmpty()) {
            Party party = names.made(pod, 0);
            has.stream()
                    .filter(address -> !had.contains(address))
                    .forEach(address -> log.addressUpserted(cidr(address), names.party(address, 0)));
            if (had.isEmpty() && nodeName.equals(pod.nodeName())) {
                log.endpointCreated(party);
            }
        }
    }

    private static Set<IpAddress> addresses(@Nullable PolicyPod pod) {
        return pod == null || !pod.governed() ? Set.of() : Set.copyOf(pod.addresses());
    }

    private static String cidr(IpAddress address) {
        return address + (address.isV4() ? "/32" : "/128");
    }
}
