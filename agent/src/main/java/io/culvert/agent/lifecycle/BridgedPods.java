// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.network.BridgeTables;
import io.culvert.agent.network.BridgeWatch;
import io.culvert.agent.network.StationQuestions;
import io.culvert.cluster.ClusterStore;
import io.culvert.net.IpAddress;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The pods of this node behind ports of bridges.
final class BridgedPods {

    private final String nodeName;
    private final ClusterStore store;
    private final Supplier<Set<Integer>> ports;
    private final BridgeTables tables = new BridgeTables();

    /// @param ports indexes of pod interfaces with programs
    BridgedPods(String nodeName, ClusterStore store, Supplier<Set<Integer>> ports) {
        this.nodeName = nodeName;
        this.store = store;
        this.ports = ports;
    }

    /// Follows what bridges and neighbours say, from now on.
    ///
    /// @param changed called when [#links] are different
    BridgeWatch follow(Runnable changed) {
        return BridgeWatch.start(tables, this::links, changed);
    }

    /// The pod interfaces that lead to addresses of pods.
    Map<IpAddress, Integer> links() {
        return tables.links(ports.get(), addresses().collect(Collectors.toSet()));
    }

    /// Asks for pods whose interface nobody knows.
    ///
    /// @param known addresses whose interface is known
    void ask(Set<IpAddress> known) {
        StationQuestions.ask(
                addresses().filter(address -> !known.contains(address)).toList());
    }

    private Stream<IpAddress> addresses() {
        return store.state().pods().values().stream()
                .filter(pod -> !pod.hostNetwork() && nodeName.equals(pod.nodeName()))
                .flatMap(pod -> pod.ips().stream());
    }
}
