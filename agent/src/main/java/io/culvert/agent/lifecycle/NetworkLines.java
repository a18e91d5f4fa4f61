// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.network.NodeNetwork;
import io.culvert.agent.network.WantedNetwork;
import io.culvert.agent.network.XdpState;
import io.culvert.agent.view.StatusView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What `culvert status` says of the node's network.
final class NetworkLines {

    private NetworkLines() {}

    static List<StatusView.Fact> facts(NodeNetwork network) {
        WantedNetwork current = network.current();
        return List.of(
                new StatusView.Fact("Node addresses", current.primary().toString()),
                new StatusView.Fact("Devices", names(network.devices().values())),
                new StatusView.Fact("XDP", xdp(network)),
                new StatusView.Fact("NodePorts on", names(current.nodePortAddresses())),
                new StatusView.Fact(
                        "Pod interfaces", Integer.toString(network.pods().size())));
    }

    static List<StatusView.Trouble> problems(NodeNetwork network, String nodeName) {
        List<StatusView.Trouble> problems = new ArrayList<>();
        if (network.isUnnamed()) {
            problems.add(new StatusView.Trouble(
                    "error",
                    "Node " + nodeName,
                    "no Node object has this name, so that every endpoint counts as another node's",
                    "name this node with --node-name"));
        }
        if (!network.current().detectsPods()) {
            problems.add(new StatusView.Trouble(
                    "warning",
                    "detect-local-mode",
                    "pods cannot be told from other clients, for want of a block of their addresses",
                    "set cluster-cidr or the Node's podCIDRs, or use detect-local-mode pod-interface"));
        }
        new TreeMap<>(network.xdp()).forEach((name, state) -> {
            if (!state.reason().isEmpty()) {
                String consequence = state.mode().isPresent() ? "" : ", its packets are translated behind the stack";
                problems.add(new StatusView.Trouble(
                        "warning", "xdp of " + name, state.reason() + consequence, state.remedy()));
            }
        });
        new TreeMap<>(network.current().unsupported())
                .forEach((name, reason) -> problems.add(new StatusView.Trouble("warning", name, reason, "")));
        return problems;
    }

    private static String xdp(NodeNetwork network) {
        Map<String, XdpState> states = network.xdp();
        return states.isEmpty()
                ? "off"
                : new TreeMap<>(states)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .collect(Collectors.joining(", "));
    }

    private static String names(Collection<?> values) {
        return values.isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        new TreeSet<>(values.stream().map(Object::toString).toList()));
    }
}
