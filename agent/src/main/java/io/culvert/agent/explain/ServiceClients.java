// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.control.UnknownObjectException;
import io.culvert.agent.explain.ServiceClient.Sockets;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.maps.AddressKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.ServiceQuestion;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// From the name or address of a client to how its packets reach the programs of this node.
///
/// @param links the interfaces of pods by address
/// @param devices names of the node's devices with programs, by index
record ServiceClients(
        String nodeName,
        ClusterState cluster,
        MapCatalogue maps,
        Map<IpAddress, Integer> links,
        Map<Integer, String> pods,
        Map<Integer, String> devices) {

    /// The interface that packets seem to come in by where no device of the node carries programs.
    private static final int LOOPBACK = 1;

    /// @param text a pod's `namespace/name`, a name in `default`, or an address
    /// @throws UnknownObjectException if there is no such pod, or it has no address
    ServiceClient find(String text) {
        Optional<IpAddress> address = IpAddress.parse(text);
        if (address.isPresent()) {
            return at(address.get());
        }
        ObjectName name = ObjectNames.named(text);
        Pod pod = cluster.pod(name)
                .orElseThrow(() -> new UnknownObjectException("explain a connection of pod " + name
                        + ": there is none that the agent knows; name its address instead"));
        if (pod.ips().isEmpty()) {
            throw new UnknownObjectException("explain a connection of pod " + name
                    + ": it has no address, or has ended; name the address that it had instead");
        }
        return of(pod);
    }

    private ServiceClient at(IpAddress address) {
        if (maps.nodeAddresses()
                .get(new AddressKey(address))
                .filter(flags -> flags != AddressKey.OTHER_NODE)
                .isPresent()) {
            return node("this node", List.of(address));
        }
        return cluster.pods().values().stream()
                .filter(pod -> pod.ips().contains(address))
                .findFirst()
                .map(this::of)
                .orElseGet(() -> outside(address.toString(), List.of(address), ", no pod that the agent knows"));
    }

    private ServiceClient of(Pod pod) {
        String text = pod.name().toString();
        if (!nodeName.equals(pod.nodeName())) {
            return outside(text, pod.ips(), ", a pod of node " + pod.nodeName());
        }
        if (pod.hostNetwork()) {
            return node(text + " (in this node's network)", pod.ips());
        }
        int link = pod.ips().stream()
                .map(links::get)
                .filter(found -> found != null)
                .findFirst()
                .orElseThrow(() -> new UnknownObjectException("explain a connection of pod " + text
                        + ": the interface that leads to it is not known; culvert status says why"));
        Sockets sockets = switch (pod.socketLb()) {
            case ON -> Sockets.POD;
            case OFF -> Sockets.OPTED_OUT;
            case OFF_FOR_SIDECAR -> Sockets.SIDECAR;
        };
        return new ServiceClient(text + " (at " + pods.getOrDefault(link, "?") + ")", pod.ips(), link, sockets);
    }

    private static ServiceClient node(String text, List<IpAddress> addresses) {
        return new ServiceClient(text, addresses, ServiceQuestion.THIS_NODE, Sockets.NODE);
    }

    /// Whoever comes in by a device of the node.
    private ServiceClient outside(String text, List<IpAddress> addresses, String who) {
        Optional<Map.Entry<Integer, String>> device =
                devices.entrySet().stream().min(Map.Entry.comparingByValue());
        String by = device.map(entry -> " (by " + entry.getValue() + who + ")")
                .orElse(" (no device of this node carries programs" + who + ")");
        return new ServiceClient(
                text + by, addresses, device.map(Map.Entry::getKey).orElse(LOOPBACK), Sockets.ELSEWHERE);
    }
}
