// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.FastPathMode;
import io.culvert.agent.network.LocalPods;
import io.culvert.agent.view.StatusView;
import io.culvert.loader.netlink.NetlinkException;
import io.culvert.maps.AddressKey;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.LocalPod;
import io.culvert.maps.datapath.Datapath;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which packets of this node's pods go past the stack, and whether any do. Safe for use by several threads.
final class NodeFastPath {

    private static final Logger LOG = LoggerFactory.getLogger(NodeFastPath.class);

    private final FastPathMode mode;
    private final Datapath datapath;
    private final Supplier<Optional<String>> filters;
    private Optional<String> filter = Optional.empty();
    private boolean looked;
    private int pods;

    /// @param filters what may refuse packets that the fast path would not show to it
    NodeFastPath(FastPathMode mode, Datapath datapath, Supplier<Optional<String>> filters) {
        this.mode = mode;
        this.datapath = datapath;
        this.filters = filters;
    }

    /// Takes over which pods are behind which interfaces. What an earlier process left is in force until then.
    ///
    /// @param interfaces indexes of pod interfaces with programs, by the pods' addresses
    synchronized void follow(Map<IpAddress, Integer> interfaces) {
        Map<AddressKey, LocalPod> wanted = Map.of();
        try {
            wanted = mode == FastPathMode.OFF ? wanted : LocalPods.read(interfaces);
        } catch (NetlinkException e) {
            LOG.warn("fast path: {}; packets between pods go through the stack", e.getMessage());
        }
        BpfHashMap<AddressKey, LocalPod> map = datapath.maps().localPods();
        Map<AddressKey, LocalPod> keep = wanted;
        map.removeAll(map.keys().stream().filter(key -> !keep.containsKey(key)).toList());
        Map<AddressKey, LocalPod> different = new HashMap<>(wanted);
        map.forEach(different::remove);
        map.putAll(different);
        pods = wanted.size();
        if (mode != FastPathMode.AUTO) {
            enable(mode == FastPathMode.ON);
        }
    }

    /// Looks for rules that the fast path would go round, and heeds them where it is asked to. Nobody does where it is
    /// off.
    void look() {
        Optional<String> found = filters.get();
        synchronized (this) {
            if (!looked || !found.equals(filter)) {
                found.ifPresent(what -> LOG.warn("fast path: {}; {}", what, consequence()));
            }
            looked = true;
            filter = found;
            if (mode == FastPathMode.AUTO) {
                enable(found.isEmpty());
            }
        }
    }

    private String consequence() {
        return mode == FastPathMode.ON
                ? "packets between pods go round it, because fast-path is on"
                : "packets between pods go through the stack";
    }

    private void enable(boolean on) {
        boolean was = datapath.fastPath().isOn();
        datapath.fastPath().enable(on);
        if (was != on) {
            LOG.info("fast path between pods of this node is {}", on ? "on" : "off");
        }
    }

    /// For people, for example `on, 12 addresses of pods`.
    synchronized String summary() {
        if (mode == FastPathMode.OFF) {
            return "off";
        }
        String why = filter.map(what -> ": " + what).orElse("");
        return datapath.fastPath().isOn() ? "on, " + pods + " addresses of pods" : "off" + why;
    }

    /// What netfilter does not see although it has rules for it.
    synchronized List<StatusView.Trouble> problems() {
        return mode == FastPathMode.ON && filter.isPresent()
                ? List.of(new StatusView.Trouble(
                        "warning",
                        "fast-path",
                        filter.get() + " does not see packets between pods of this node",
                        "set fast-path to auto or off"))
                : List.of();
    }
}
