// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.XdpPlace;
import java.util.Optional;
import java.util.Set;

/// What devices have room for: one program before the stack each.
interface XdpSlots {

    /// Those of the kernel.
    static XdpSlots of(Datapath datapath) {
        return new XdpSlots() {
            @Override
            public XdpPlace attach(int ifindex, MacAddress mac, Optional<XdpMode> wanted) {
                return datapath.xdp().attach(ifindex, mac, wanted);
            }

            @Override
            public void retain(Set<Integer> ifindexes) {
                datapath.xdp().retain(ifindexes);
            }
        };
    }

    /// Puts the program on a device; does nothing where it is already, in a mode that will do.
    ///
    /// @param wanted empty: in the driver where that is possible, else generically
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    XdpPlace attach(int ifindex, MacAddress mac, Optional<XdpMode> wanted);

    /// Takes the program off all devices but these.
    void retain(Set<Integer> ifindexes);
}
