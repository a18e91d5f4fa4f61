// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.agent.config.LocalTraffic;
import io.culvert.agent.config.NodePortAddresses;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.config.XdpChoice;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Optional;

/// What the user says of this node's network.
///
/// @param podInterfaces globs; empty: find them
/// @param devices globs; empty: find them
/// @param primary address of the node in its family; empty: the Node object's
/// @param xdp whether devices of the node have a program before the stack, and where it runs
public record NetworkSettings(
        List<String> podInterfaces,
        List<String> devices,
        NodePortAddresses nodePorts,
        LocalTraffic localTraffic,
        Optional<IpAddress> primary,
        XdpChoice xdp) {

    private static final IpAddress ANY_IPV4 = IpAddress.ofV4(0);

    /// What holds when nobody says anything.
    public static final NetworkSettings DEFAULT = new NetworkSettings(
            List.of(),
            List.of(),
            new NodePortAddresses.Primary(),
            new LocalTraffic.PodInterface(),
            Optional.empty(),
            XdpChoice.OFF);

    public NetworkSettings {
        podInterfaces = List.copyOf(podInterfaces);
        devices = List.copyOf(devices);
    }

    public static NetworkSettings of(Settings settings) {
        return new NetworkSettings(
                settings.find(Setting.POD_INTERFACES).orElse(List.of()),
                settings.find(Setting.DEVICES).orElse(List.of()),
                settings.get(Setting.NODEPORT_ADDRESSES),
                LocalTraffic.of(settings),
                settings.find(Setting.BIND_ADDRESS)
                        .filter(address -> !address.equals(ANY_IPV4) && !address.equals(IpAddress.UNSPECIFIED)),
                settings.get(Setting.XDP));
    }
}
