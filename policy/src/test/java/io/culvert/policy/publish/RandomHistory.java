// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.RandomCluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A cluster that changes: often a little, sometimes all of it.
final class RandomHistory {

    private final Random random;
    private final RandomCluster clusters;
    private @Nullable PolicyInputs current;

    RandomHistory(long seed) {
        random = new Random(seed);
        clusters = new RandomCluster(seed);
    }

    PolicyInputs next() {
        PolicyInputs other = clusters.next();
        PolicyInputs before = current;
        PolicyInputs next = before == null || random.nextInt(8) == 0 ? other : changed(before, other);
        current = next;
        return next;
    }

    /// Some interfaces are known. An interface is of all pods of one name, one after the other.
    EndpointFacts facts(PolicyPlan plan) {
        Map<IpAddress, Integer> interfaces = new HashMap<>();
        for (LocalPod pod : plan.localPods().values()) {
            if (random.nextInt(3) > 0) {
                pod.owned().forEach(address -> interfaces.put(address, ifindex(pod.name())));
            }
        }
        return new EndpointFacts(interfaces, Set.of(), false);
    }

    static int ifindex(ObjectName pod) {
        return 10 + Math.floorMod(pod.toString().hashCode(), 100_000);
    }

    private PolicyInputs changed(PolicyInputs before, PolicyInputs other) {
        int what = random.nextInt(7);
        List<PolicyPod> pods = before.pods();
        if (what < 3) {
            pods = new ArrayList<>(pods);
            if (!pods.isEmpty() && random.nextInt(3) > 0) {
                pods.remove(random.nextInt(pods.size()));
            }
            if (random.nextInt(3) > 0) {
                PolicyPod added = other.pods().getFirst();
                pods.removeIf(pod -> pod.name().equals(added.name()));
                pods.add(added);
            }
        }
        return new PolicyInputs(
                what == 3 ? other.namespaces() : before.namespaces(),
                pods,
                what == 4 ? other.nodes() : before.nodes(),
                what == 5 ? other.networkPolicies() : before.networkPolicies(),
                what == 6 ? other.clusterNetworkPolicies() : before.clusterNetworkPolicies(),
                pods.stream().map(PolicyPod::name).collect(Collectors.toSet()));
    }
}
