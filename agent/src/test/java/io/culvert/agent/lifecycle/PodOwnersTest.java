// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.cluster.SocketLb;
import io.culvert.net.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodOwnersTest {

    private static Pod pod(String name, String uid, String node, boolean hostNetwork, String... ips) {
        List<IpAddress> addresses = List.of(ips).stream().map(IpAddress::of).toList();
        return new Pod(new ObjectName("default", name), uid, addresses, node, hostNetwork, SocketLb.ON);
    }

    @Test
    void onlyPodsOfThisNodeThatHaveAddressesOfTheirOwnCount() {
        assertThat(PodOwners.of(
                        List.of(
                                pod("web", "u1", "n1", false, "10.1.0.3", "fd00::3"),
                                pod("proxy", "u2", "n1", true, "192.0.2.1"),
                                pod("other", "u3", "n2", false, "10.1.1.3"),
                                pod("ended", "u4", "n1", false)),
                        "n1"))
                .containsOnlyKeys(IpAddress.of("10.1.0.3"), IpAddress.of("fd00::3"))
                .containsValue("default/web u1");
    }
}
