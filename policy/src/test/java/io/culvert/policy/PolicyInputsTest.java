// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

class PolicyInputsTest {

    @Test
    void C5_07_C5_10_localPodsAreThoseOfTheNodeThatRunAndHaveAnAddress() {
        PMap<ObjectName, PolicyPod> pods = HashTreePMap.empty();
        for (PolicyPod pod : Stream.of(
                        pod("here", "n1", "10.0.0.1", false, false),
                        pod("there", "n2", "10.0.0.2", false, false),
                        pod("host", "n1", "192.168.0.1", true, false),
                        pod("finished", "n1", "10.0.0.3", false, true),
                        pod("starting", "n1", "", false, false))
                .toList()) {
            pods = pods.plus(pod.name(), pod);
        }
        PolicyInputs inputs = PolicyInputs.of(ClusterState.EMPTY.withPolicies(PolicyState.EMPTY.withPods(pods)), "n1");

        assertThat(inputs.pods()).containsExactlyInAnyOrderElementsOf(pods.values());
        assertThat(inputs.localPods()).containsExactlyInAnyOrder(name("here"), name("host"));
        assertThat(PolicyCompiler.compile(inputs).localPods()).containsOnlyKeys(name("here"));
    }

    private static PolicyPod pod(String name, String node, String address, boolean hostNetwork, boolean finished) {
        return new PolicyPod(
                name(name),
                "",
                Instant.EPOCH,
                Map.of(),
                address.isEmpty() ? List.of() : List.of(IpAddress.of(address)),
                hostNetwork,
                finished,
                Set.of(),
                node);
    }

    private static ObjectName name(String name) {
        return new ObjectName("default", name);
    }
}
