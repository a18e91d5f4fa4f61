// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The frontends of the ports of one Service that it has after all claims are settled, with their flags.
final class ServicePortFrontends {

    private final Service service;
    private final AddressClaims claims;
    private final ConnectionRules rules;
    private final ForwardingMode mode;
    private final List<ServiceConflict> conflicts;
    private final Set<FrontendKey> taken = new HashSet<>(4);

    /// @param conflicts takes what is not served, and why
    ServicePortFrontends(
            Service service,
            AddressClaims claims,
            ConnectionRules rules,
            ForwardingMode mode,
            List<ServiceConflict> conflicts) {
        this.service = service;
        this.claims = claims;
        this.rules = rules;
        this.mode = mode;
        this.conflicts = conflicts;
    }

    /// The frontends of one port in the family of one cluster IP; none where that is another's, and all that it has
    /// is its own.
    List<DesiredFrontend> of(ServicePort port, IpAddress clusterIp) {
        List<DesiredFrontend> frontends = new ArrayList<>(2);
        FrontendKey inside = new FrontendKey(clusterIp, port.port(), port.protocol());
        boolean own = claims.owner(clusterIp).filter(service.name()::equals).isPresent();
        if (own && !claims.isLocal(clusterIp) && taken.add(inside)) {
            frontends.add(new DesiredFrontend(FrontendType.CLUSTER_IP, inside, flags(FrontendType.CLUSTER_IP, inside)));
        }
        for (OutsideFrontends.Wanted wanted : OutsideFrontends.of(service, port, clusterIp.family(), claims.rules())) {
            claims.owner(wanted.key())
                    .filter(owner -> !isOwn(owner, wanted.key()))
                    .ifPresentOrElse(
                            owner ->
                                    conflicts.add(new ServiceConflict.AddressTaken(wanted.type(), wanted.key(), owner)),
                            () -> add(frontends, wanted));
        }
        return frontends;
    }

    /// The Service's own cluster IP is not its external address as well.
    private boolean isOwn(ObjectName owner, FrontendKey key) {
        return owner.equals(service.name()) && claims.owner(key.address()).isEmpty();
    }

    private void add(List<DesiredFrontend> frontends, OutsideFrontends.Wanted wanted) {
        if (taken.add(wanted.key())) {
            frontends.add(new DesiredFrontend(wanted.type(), wanted.key(), flags(wanted.type(), wanted.key())));
        } else if (wanted.type() == FrontendType.NODE_PORT) {
            conflicts.add(new ServiceConflict.PortRepeated(
                    wanted.key().port(), wanted.key().protocol()));
        }
    }

    private Set<FrontendFlag> flags(FrontendType type, FrontendKey key) {
        Set<FrontendFlag> flags = EnumSet.noneOf(FrontendFlag.class);
        TrafficPolicy policy =
                type == FrontendType.CLUSTER_IP ? service.internalTrafficPolicy() : service.externalTrafficPolicy();
        if (policy == TrafficPolicy.LOCAL) {
            flags.add(FrontendFlag.LOCAL_SET);
        }
        if (type == FrontendType.LOAD_BALANCER
                && service.sourceRanges().restricts(key.address().family())) {
            flags.add(FrontendFlag.SOURCE_RANGES);
        }
        boolean masqueraded =
                type == FrontendType.CLUSTER_IP ? claims.rules().masqueradeAll() : policy == TrafficPolicy.CLUSTER;
        if (masqueraded || rules.needsClient() || flags.contains(FrontendFlag.SOURCE_RANGES)) {
            flags.add(FrontendFlag.NEEDS_CLIENT);
        }
        if (mode == ForwardingMode.DSR && type != FrontendType.CLUSTER_IP && policy == TrafficPolicy.CLUSTER) {
            flags.add(FrontendFlag.DSR);
        }
        return flags;
    }

    /// The clients that those of `frontends` are for that have source ranges. A process of this node has the load
    /// balancer's address itself as its source where that is an address of the node, and is let in if the node is.
    List<IpPrefix> sourceRanges(List<DesiredFrontend> frontends, IpFamily family, NodeContext node) {
        List<IpAddress> restricted = frontends.stream()
                .filter(frontend -> frontend.flags().contains(FrontendFlag.SOURCE_RANGES))
                .map(frontend -> frontend.key().address())
                .toList();
        if (restricted.isEmpty()) {
            return List.of();
        }
        List<IpPrefix> ranges = service.sourceRanges().of(family);
        boolean nodeIsIn = node.internalIps().stream()
                .anyMatch(address -> ranges.stream().anyMatch(range -> range.contains(address)));
        Stream<IpPrefix> own = restricted.stream().filter(_ -> nodeIsIn).map(a -> new IpPrefix(a, family.bits()));
        return Stream.concat(ranges.stream(), own).distinct().toList();
    }
}
