// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.EventSink;
import io.culvert.maps.AddressRange;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.net.IpPrefix;
import io.culvert.servicelb.desired.Endpoints;
import io.culvert.servicelb.desired.ServiceRules;
import io.culvert.testkit.KernelTest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Ranges of cluster IPs beside those of pods in `control`.
@KernelTest
class ClusterRangesKernelTest {

    private static final AddressRange PODS =
            AddressRange.of(IpPrefix.parse("10.244.0.0/16").orElseThrow(), Set.of(Meaning.PODS));

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath();

    private List<AddressRange> ranges() {
        return pinned.datapath().maps().control().get(0).ranges();
    }

    @Test
    void A5_10_A5_11_rangesOfClusterIpsLeaveThoseOfPodsAlone() {
        pinned.datapath().control().setRanges(Set.of(Meaning.PODS), List.of(PODS));
        LoadBalancer balancer =
                LoadBalancer.adopt(pinned.tables(), Endpoints.HERE, ServiceRules.DEFAULT, EventSink.NONE);
        ClusterFixture cluster = new ClusterFixture();

        cluster.put(service("web", "10.96.0.1")).serviceCidr("kubernetes", "10.96.0.0/16");
        balancer.apply(cluster.update());
        assertThat(ranges())
                .containsExactlyInAnyOrder(
                        PODS,
                        AddressRange.of(
                                IpPrefix.parse("10.96.0.0/16").orElseThrow(),
                                Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED)));

        cluster.removeServiceCidr("kubernetes").removeService("web");
        balancer.apply(cluster.update());
        assertThat(ranges()).containsExactly(PODS);
    }
}
