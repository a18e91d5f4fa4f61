// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.Backend;
import io.culvert.maps.Device;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the agent has told the programs: Services, addresses, devices, routes.
final class Network {

    private static final List<IpPrefix> LINK_ONLY =
            List.of(Site.prefix("fe80::/10"), Site.prefix("ff00::/8"), Site.prefix("::1/128"));

    final Settings settings;
    final Map<FrontendKey, Frontend> frontends = new HashMap<>();
    final Map<Integer, Extent> extents = new HashMap<>();
    final Set<Integer> published = new HashSet<>();
    final Map<IpAddress, Integer> nodeAddresses = new HashMap<>();
    final Map<IpAddress, Integer> clusterAddresses = new HashMap<>();
    final Map<Integer, Device> devices = new HashMap<>();
    final Map<Integer, List<IpPrefix>> sourceRanges = new HashMap<>();
    final List<Range> ranges = new ArrayList<>();
    final List<Route> routes = new ArrayList<>();

    record Range(IpPrefix prefix, Set<Meaning> meanings) {}

    /// Where packets to some addresses leave.
    ///
    /// @param device 0: they are for this node itself
    record Route(IpPrefix prefix, int device) {}

    /// Who opens a connection.
    enum Client {
        EXTERNAL,
        POD,
        HOST
    }

    Network(Settings settings) {
        this.settings = settings;
    }

    /// The Service at an address and port; a NodePort by any address that serves them, and by no other.
    Optional<Frontend> frontend(IpPort end, Protocol protocol) {
        Frontend direct = frontends.get(new FrontendKey(end.address(), end.port(), protocol));
        if (direct != null) {
            return Optional.of(direct).filter(found -> found.type() != FrontendType.NODE_PORT);
        }
        boolean served = nodeAddresses.getOrDefault(end.address(), 0) == AddressKey.NODE_PORTS;
        return settings.isNodePort(end.port()) && served
                ? Optional.ofNullable(
                        frontends.get(FrontendKey.nodePort(end.address().family(), end.port(), protocol)))
                : Optional.empty();
    }

    Client client(Frame frame, IpAddress source) {
        Device device = devices.get(frame.device());
        boolean pod = (device != null && device.pods()) || lies(source, Meaning.PODS);
        return settings.detectsPods() && pod ? Client.POD : Client.EXTERNAL;
    }

    boolean lies(IpAddress address, Meaning meaning) {
        return ranges.stream()
                .anyMatch(range ->
                        range.meanings().contains(meaning) && range.prefix().contains(address));
    }

    /// Whether a client may use a frontend at all.
    boolean admits(Frontend frontend, IpAddress client) {
        return !frontend.has(FrontendFlag.SOURCE_RANGES)
                || sourceRanges.getOrDefault(frontend.service(), List.of()).stream()
                        .anyMatch(prefix -> prefix.contains(client));
    }

    /// Whether a client is given backends of the local set; the table under "Who is the client".
    static boolean usesLocalSet(Frontend frontend, Client client) {
        boolean policy = frontend.type() == FrontendType.CLUSTER_IP || client == Client.EXTERNAL;
        return frontend.localSet() && policy;
    }

    boolean isMasqueraded(Frontend frontend, Client client) {
        if (client == Client.HOST) {
            return false;
        }
        return frontend.type() == FrontendType.CLUSTER_IP
                ? settings.masqueradeAll() || (settings.detectsPods() && client == Client.EXTERNAL)
                : !frontend.localSet();
    }

    /// The device by which packets to an address leave, 0 where they do not leave: IPv6 forwards nothing that comes
    /// from an address of one link only.
    int device(IpAddress source, IpAddress address) {
        Route best = null;
        if (LINK_ONLY.stream().anyMatch(prefix -> prefix.contains(source))) {
            return 0;
        }
        for (Route route : routes) {
            boolean longer =
                    best == null || route.prefix().length() > best.prefix().length();
            if (route.prefix().family() == address.family() && route.prefix().contains(address) && longer) {
                best = route;
            }
        }
        return best == null ? 0 : best.device();
    }

    /// What stands for clients that leave by a device.
    IpAddress masquerade(int device, boolean v4) {
        Device known = devices.get(device);
        IpAddress own = known == null ? IpAddress.UNSPECIFIED : v4 ? known.ipv4() : known.ipv6();
        return own.equals(IpAddress.UNSPECIFIED) ? settings.node(v4) : own;
    }

    boolean isPublished(int backend) {
        return published.contains(backend);
    }

    /// The backends that may be chosen.
    List<Backend> candidates(Extent extent, boolean local) {
        return local ? extent.local() : extent.cluster();
    }
}
