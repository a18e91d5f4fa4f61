// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.loader.BpfException;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.Route;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.maps.datapath.Datapath;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the programs on the interfaces of pods, and the node's own addresses in the programs.
final class NodeNetwork {

    private static final Logger LOG = LoggerFactory.getLogger(NodeNetwork.class);

    private final Plan plan;
    private final Datapath datapath;
    private volatile List<IpAddress> internalIps = List.of();
    private volatile NodeAddresses addresses;
    private volatile Map<Integer, String> attached = Map.of();

    /// @param addresses what the programs were loaded with
    NodeNetwork(Plan plan, Datapath datapath, NodeAddresses addresses) {
        this.plan = plan;
        this.datapath = datapath;
        this.addresses = addresses;
    }

    /// The addresses as far as the machine alone tells.
    static NodeAddresses ownAddresses() {
        return NodeAddresses.choose(List.of(), Rtnetlink.addresses(), Rtnetlink.routes());
    }

    /// @param addresses of the Node object
    void internalIps(List<IpAddress> addresses) {
        internalIps = List.copyOf(addresses);
    }

    NodeAddresses addresses() {
        return addresses;
    }

    /// Names of the interfaces with programs, by index.
    Map<Integer, String> pods() {
        return attached;
    }

    /// Reads the network anew, and attaches, detaches and configures what is different.
    ///
    /// @throws BpfException after everything else was done, if an interface that still exists was refused
    synchronized void follow() {
        List<Link> links = Rtnetlink.links();
        List<Route> routes = Rtnetlink.routes();
        NodeAddresses now = NodeAddresses.choose(internalIps, Rtnetlink.addresses(), routes);
        if (!now.equals(addresses)) {
            datapath.configure(plan.datapathSettings(now));
            addresses = now;
            LOG.info("node addresses are {}", text(now));
        }
        attach(PodInterfaces.select(links, routes, plan.podInterfaces()));
    }

    private void attach(Map<Integer, String> wanted) {
        Map<Integer, String> present = new TreeMap<>();
        BpfException refused = null;
        Set<Integer> known = datapath.pods();
        for (Map.Entry<Integer, String> entry : wanted.entrySet()) {
            try {
                datapath.attachPod(entry.getKey());
                present.put(entry.getKey(), entry.getValue());
                if (!known.contains(entry.getKey())) {
                    LOG.info("attached to pod interface {}", entry.getValue());
                }
            } catch (BpfException e) {
                // An interface that went away meanwhile is not in the next list; another refusal comes again.
                refused = e;
            }
        }
        datapath.retainPods(present.keySet());
        attached = Map.copyOf(present);
        if (refused != null) {
            throw refused;
        }
    }

    static String text(NodeAddresses addresses) {
        String ipv4 = addresses.ipv4().map(IpAddress::toString).orElse("no IPv4");
        String ipv6 = addresses.ipv6().map(IpAddress::toString).orElse("no IPv6");
        return ipv4 + ", " + ipv6;
    }
}
