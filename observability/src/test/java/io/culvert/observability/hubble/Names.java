// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.NodeLabel;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.PolicyName;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.RuleMatch;
import io.culvert.observability.names.ServiceName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A small cluster: `default/client`, `shop/web` behind Service `shop/web`, one node.
final class Names implements FlowNames {

    static final long CLIENT_CGROUP = 7001;
    static final int SERVICE = 11;
    static final int RULE = 5;
    static final int CLIENT = 300;
    static final int WEB = 301;
    static final int WEB_ENDPOINT = 4711;

    private final Map<IpAddress, Party> parties = new HashMap<>();
    private final Map<IpPort, ServiceName> frontends = Map.of(
            address("10.96.0.10", 80), new ServiceName("shop", "web"),
            address("fd96::10", 80), new ServiceName("shop", "web"));

    Names() {
        Party client = new Party(CLIENT, "default", "client", List.of("k8s:app=client"), List.of());
        Party web = new Party(
                WEB,
                WEB_ENDPOINT,
                "shop",
                "web-1",
                List.of("k8s:app=web"),
                List.of(new Party.Workload("Deployment", "web")));
        parties.put(IpAddress.of("10.1.0.2"), client);
        parties.put(IpAddress.of("fd01::2"), client);
        parties.put(IpAddress.of("10.1.0.3"), web);
        parties.put(IpAddress.of("fd01::3"), web);
        parties.put(IpAddress.of("192.0.2.1"), Reserved.HOST.party());
    }

    static IpPort address(String address, int port) {
        return new IpPort(IpAddress.of(address), port);
    }

    @Override
    public NodeLabel node() {
        return new NodeLabel("default", "node1", "1.0");
    }

    @Override
    public List<String> nodeLabels() {
        return List.of("topology.kubernetes.io/zone=a");
    }

    @Override
    public Party party(IpAddress address, int identity) {
        return parties.getOrDefault(address, Reserved.WORLD.party());
    }

    @Override
    public Optional<Party> ofCgroup(long cgroup) {
        return cgroup == CLIENT_CGROUP ? Optional.of(party(IpAddress.of("10.1.0.2"), 0)) : Optional.empty();
    }

    @Override
    public Optional<IpAddress> addressOfCgroup(long cgroup, IpFamily family) {
        return cgroup == CLIENT_CGROUP
                ? Optional.of(IpAddress.of(family == IpFamily.IPV4 ? "10.1.0.2" : "fd01::2"))
                : Optional.empty();
    }

    @Override
    public Optional<ServiceName> service(int index) {
        return index == SERVICE ? Optional.of(new ServiceName("shop", "web")) : Optional.empty();
    }

    @Override
    public Optional<ServiceName> frontend(IpPort frontend, int protocol) {
        return Optional.ofNullable(frontends.get(frontend));
    }

    @Override
    public boolean hasFrontends(IpAddress address) {
        return frontends.keySet().stream()
                .anyMatch(frontend -> frontend.address().equals(address));
    }

    @Override
    public Optional<PolicyRule> rule(int rule) {
        return rule == RULE
                ? Optional.of(new PolicyRule(new PolicyName("NetworkPolicy", "shop", "only-shops"), RuleMatch.PORT, 9))
                : Optional.empty();
    }

    @Override
    public Optional<String> networkInterface(int ifindex) {
        return ifindex == 42 ? Optional.of("cali42") : Optional.empty();
    }
}
