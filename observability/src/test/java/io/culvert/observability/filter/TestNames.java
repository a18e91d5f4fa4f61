// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.NodeLabel;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.Party.Workload;
import io.culvert.observability.names.PolicyName;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.RuleMatch;
import io.culvert.observability.names.ServiceName;
import java.util.List;
import java.util.Optional;

/// Names that follow from numbers: pods of 10.0.0.0/8 and fd00::/8 in four namespaces, Services by even indexes and
/// ports.
public class TestNames implements FlowNames {

    private final NodeLabel node;

    public TestNames() {
        this(new NodeLabel("default", "n1", "1"));
    }

    public TestNames(NodeLabel node) {
        this.node = node;
    }

    @Override
    public NodeLabel node() {
        return node;
    }

    @Override
    public List<String> nodeLabels() {
        return List.of("zone=a");
    }

    @Override
    public Party party(IpAddress address, int identity) {
        boolean pod = address.isV4() ? (address.low() >>> 24 & 0xff) == 10 : address.high() >>> 56 == 0xfd;
        return pod ? pod((int) address.low() & 0xff, identity) : Reserved.WORLD.party();
    }

    private static Party pod(int number, int identity) {
        return new Party(
                identity == 0 ? 300 + number % 5 : identity,
                "ns" + number % 4,
                "pod-" + number % 7,
                List.of("k8s:app=app" + number % 3, "k8s:tier=tier" + number % 2),
                List.of(new Workload(number % 2 == 0 ? "Deployment" : "DaemonSet", "app" + number % 3)));
    }

    @Override
    public Optional<Party> ofCgroup(long cgroup) {
        return cgroup % 3 == 0 ? Optional.empty() : Optional.of(pod((int) cgroup & 0xff, 0));
    }

    @Override
    public Optional<IpAddress> addressOfCgroup(long cgroup, IpFamily family) {
        String prefix = family == IpFamily.IPV4 ? "10.0.0." : "fd00::";
        return cgroup % 3 == 0 ? Optional.empty() : Optional.of(IpAddress.of(prefix + (cgroup & 7)));
    }

    @Override
    public Optional<ServiceName> service(int index) {
        return index % 2 == 0 ? Optional.of(new ServiceName("ns" + index % 4, "svc" + index % 3)) : Optional.empty();
    }

    @Override
    public Optional<ServiceName> frontend(IpPort frontend, int protocol) {
        return frontend.port() % 2 == 0 && hasFrontends(frontend.address())
                ? Optional.of(new ServiceName("ns" + frontend.address().low() % 4, "svc" + frontend.port() % 3))
                : Optional.empty();
    }

    @Override
    public boolean hasFrontends(IpAddress address) {
        return address.low() % 3 != 0;
    }

    @Override
    public Optional<PolicyRule> rule(int rule) {
        return Optional.of(
                new PolicyRule(new PolicyName("NetworkPolicy", "ns0", "rule" + rule), RuleMatch.PEER_AND_PORT, 1));
    }

    @Override
    public Optional<String> networkInterface(int ifindex) {
        return ifindex == 4 ? Optional.empty() : Optional.of("if" + ifindex);
    }
}
