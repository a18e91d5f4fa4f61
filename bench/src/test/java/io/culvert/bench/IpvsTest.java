// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IpvsTest {

    private static final List<IpAddress> ENDPOINTS = List.of(IpAddress.of("10.244.1.2"), IpAddress.of("10.244.1.3"));

    private final IpvsLayout layout = new IpvsLayout(BenchService.cluster(300, ENDPOINTS), "10.244.1.0/24");

    @Test
    void whatIsMissingIsNamed() {
        assertThat(Ipvs.missing(true, List.of())).isEmpty();
        assertThat(Ipvs.missing(false, List.of("ipvsadm"))).contains("this kernel does not have it (CONFIG_IP_VS)");
        assertThat(Ipvs.missing(true, List.of("ipvsadm", "ipset")))
                .contains("this kernel has it, but ipvsadm and ipset must be installed");
    }

    @Test
    void everyServiceIsAVirtualServerOfItsEndpoints() {
        assertThat(layout.servers().lines()).hasSize(300 * 3);
        assertThat(layout.servers()).startsWith("""
                -A -t 10.96.0.1:80 -s rr
                -a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1
                -a -t 10.96.0.1:80 -r 10.244.1.3:8080 -m -w 1
                """);
    }

    @Test
    void everyAddressIsTheNodesAndInTheSets() {
        assertThat(layout.device().lines()).hasSize(1 + 300).contains("addr add 10.96.1.44/32 dev kube-ipvs0");
        assertThat(layout.sets().lines())
                .hasSize(3 + 300 + 300 + 2)
                .contains(
                        "add KUBE-CLUSTER-IP 10.96.1.44,tcp:80",
                        "add KUBE-IPVS-IPS 10.96.1.44",
                        "add KUBE-LOOP-BACK 10.244.1.3,tcp:8080,10.244.1.3");
    }

    /// The sets are what makes them as many for one Service as for ten thousand.
    @Test
    void rulesAreTheSameHoweverManyServicesThereAre() {
        IpvsLayout one = new IpvsLayout(BenchService.cluster(1, ENDPOINTS), "10.244.1.0/24");

        assertThat(layout.rules()).isEqualTo(one.rules()).contains("! -s 10.244.1.0/24 -m set");
    }
}
