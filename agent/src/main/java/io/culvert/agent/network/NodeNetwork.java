// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.agent.config.NodePortAddresses;
import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathSettings;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.AuditDifference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps in the kernel what the node's network means: programs on the interfaces of pods and on the devices of the
/// node, its addresses, and which traffic is of pods.
public final class NodeNetwork {

    private static final Logger LOG = LoggerFactory.getLogger(NodeNetwork.class);
    private static final Set<AddressRange.Meaning> PODS = Set.of(AddressRange.Meaning.PODS);

    private final NetworkSettings settings;
    private final Function<WantedNetwork, DatapathSettings> programSettings;
    private final Datapath datapath;
    private final NetworkTables tables;
    private final InterfacePrograms programs;
    private final XdpDevices xdp;
    private volatile NodeObjects objects = NodeObjects.UNKNOWN;
    private volatile boolean unnamed;
    private volatile WantedNetwork current = WantedNetwork.NOTHING;

    /// @param programSettings what the programs shall be loaded with
    public NodeNetwork(
            NetworkSettings settings, Function<WantedNetwork, DatapathSettings> programSettings, Datapath datapath) {
        this.settings = settings;
        this.programSettings = programSettings;
        this.datapath = datapath;
        this.tables = new NetworkTables(datapath.maps());
        this.programs = new InterfacePrograms(datapath);
        this.xdp = new XdpDevices(settings.xdp(), XdpSlots.of(datapath));
    }

    /// Takes what the cluster says of this node; the next [#follow] heeds it. Of the Node object, what the last one
    /// said holds while there is none. One thread calls this; it does not wait for programs that are being loaded.
    ///
    /// @param name of this node
    public void objects(String name, NodeObjects said) {
        if (said.node().isEmpty() && !unnamed) {
            LOG.error("no Node object is named {}: every endpoint counts as another node's; set --node-name", name);
        }
        unnamed = said.node().isEmpty();
        NodeObjects before = objects;
        objects = new NodeObjects(said.node().or(before::node), said.pods(), said.others());
    }

    /// Whether the cluster is known and has no Node object with the name of this node.
    public boolean isUnnamed() {
        return unnamed;
    }

    /// What the kernel has, as far as it did not refuse.
    public WantedNetwork current() {
        return current;
    }

    /// Names of the pod interfaces with programs, by index.
    public Map<Integer, String> pods() {
        return programs.pods();
    }

    /// The interfaces of pods with programs, by the address of which a route leads there. Those of pods on a bridge are
    /// not among them: the kernel learns who is behind a port from what comes through it.
    public Map<IpAddress, Integer> podLinks() {
        Map<IpAddress, Integer> links = new HashMap<>(current.links());
        links.values().retainAll(pods().keySet());
        return links;
    }

    /// Names of the node's devices with programs, by index.
    public Map<Integer, String> devices() {
        return programs.devices();
    }

    /// How each of these devices has the program before the stack, by name; empty where it is not asked for.
    public Map<String, XdpState> xdp() {
        return xdp.states();
    }

    /// Reads the network anew, and attaches, detaches and configures what is different.
    ///
    /// @throws io.culvert.loader.BpfException after everything else was done, if an interface that still exists was
    /// refused
    public synchronized void follow() {
        NetworkFacts facts = NetworkFacts.read();
        WantedNetwork wanted = WantedNetwork.of(settings, facts, objects, pods().keySet());
        if (wanted.podRanges().isEmpty() && !hasPodRanges()) {
            wanted = wanted.withoutDetection();
        }
        datapath.configure(programSettings.apply(wanted));
        // What programs look up is there before they run, and goes after them.
        tables.put(withOthers(kept(wanted.addresses())), wanted.interfaces());
        wanted.podRanges().ifPresent(ranges -> datapath.control().setRanges(PODS, ranges));
        report(wanted);
        current = wanted;
        try {
            programs.attach(wanted.pods(), wanted.devices());
        } finally {
            xdp.follow(programs.devices(), facts);
            tables.retain();
        }
    }

    /// Compares what programs look up of the network with what was written last; with `repair`, puts it right.
    public synchronized List<AuditDifference> audit(boolean repair) {
        return tables.audit(repair);
    }

    /// The same, but as long as the Node object is not known, and with it the node's InternalIPs, NodePorts are served
    /// where an earlier process served them.
    private Map<AddressKey, Integer> kept(Map<AddressKey, Integer> wanted) {
        if (objects.node().isPresent() || !(settings.nodePorts() instanceof NodePortAddresses.Primary)) {
            return wanted;
        }
        return ServedAddresses.keeping(
                wanted, key -> datapath.maps().nodeAddresses().get(key).orElse(0));
    }

    /// The same, with addresses of other nodes: as long as they are not known, those that an earlier process knew.
    private Map<AddressKey, Integer> withOthers(Map<AddressKey, Integer> own) {
        Map<AddressKey, Integer> all = new HashMap<>();
        objects.others()
                .ifPresentOrElse(
                        others -> others.forEach(address -> all.put(new AddressKey(address), AddressKey.OTHER_NODE)),
                        () -> datapath.maps().nodeAddresses().forEach((key, flags) -> {
                            if (flags == AddressKey.OTHER_NODE) {
                                all.put(key, flags);
                            }
                        }));
        all.putAll(own);
        return all;
    }

    private boolean hasPodRanges() {
        return datapath.maps().control().get(0).ranges().stream()
                .anyMatch(range -> range.meanings().contains(AddressRange.Meaning.PODS));
    }

    private void report(WantedNetwork wanted) {
        if (!wanted.primary().equals(current.primary())) {
            LOG.info("node addresses are {}", wanted.primary());
        }
        List<IpAddress> nodePorts = wanted.nodePortAddresses();
        if (!nodePorts.equals(current.nodePortAddresses())) {
            LOG.info("NodePorts are served on {}", nodePorts);
        }
        wanted.unsupported().forEach((name, reason) -> {
            if (!current.unsupported().containsKey(name)) {
                LOG.warn("leave {} alone: {}", name, reason);
            }
        });
    }
}
