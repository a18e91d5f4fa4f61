// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.net.IpAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServedAddressesTest {

    private static final AddressKey SERVED = new AddressKey(IpAddress.of("192.0.2.1"));
    private static final AddressKey MOVED = new AddressKey(IpAddress.of("192.0.2.2"));
    private static final AddressKey NEW = new AddressKey(IpAddress.of("192.0.2.3"));

    @Test
    void whatServedNodePortsGoesOnToAndWhatWasAnotherNodesIsThisOnesNow() {
        Map<AddressKey, Integer> before = Map.of(SERVED, AddressKey.NODE_PORTS, MOVED, AddressKey.OTHER_NODE);

        assertThat(ServedAddresses.keeping(Map.of(SERVED, 0, MOVED, 0, NEW, 0), key -> before.getOrDefault(key, 0)))
                .isEqualTo(Map.of(SERVED, AddressKey.NODE_PORTS, MOVED, 0, NEW, 0));
    }
}
