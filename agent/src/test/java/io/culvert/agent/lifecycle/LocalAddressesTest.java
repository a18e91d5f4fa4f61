// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Link;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LocalAddressesTest {

    @Test
    void A21_06_addressesOfEveryScopeCount() {
        InterfaceAddress dns = new InterfaceAddress(7, IpAddress.of("169.254.20.10"), 32, false, true);
        InterfaceAddress clusterIp = new InterfaceAddress(7, IpAddress.of("10.96.0.10"), 32, true, true);

        assertThat(LocalAddresses.of(List.of(), List.of(dns, clusterIp)))
                .containsExactlyInAnyOrder(dns.address(), clusterIp.address());
    }

    @Test
    void whatKubeProxyLeftOnItsDeviceDoesNotCount() {
        InterfaceAddress clusterIp = new InterfaceAddress(7, IpAddress.of("10.96.0.10"), 32, true, true);
        Link ipvs = new Link(
                7,
                "kube-ipvs0",
                "dummy",
                false,
                false,
                false,
                1500,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                true);

        assertThat(LocalAddresses.of(List.of(ipvs), List.of(clusterIp))).isEmpty();
    }
}
