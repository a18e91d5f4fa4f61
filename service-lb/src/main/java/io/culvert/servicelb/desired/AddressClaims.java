// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which Service is served where several ask for one address: of cluster IPs with all their ports, and of node ports
/// and the addresses outside of the cluster port by port. The oldest Service has it. Nothing from outside is served
/// at a cluster IP or at an endpoint of the API server.
///
/// Not thread safe. The result depends only on the set of Services and local addresses, not on the order in which
/// they came.
public final class AddressClaims {

    /// The Service whose endpoints are the API server.
    static final ObjectName API_SERVER = new ObjectName("default", "kubernetes");

    private final ServiceRules rules;
    private final OldestFirst<IpAddress> clusterIps = new OldestFirst<>();
    private final OldestFirst<FrontendKey> sockets = new OldestFirst<>();
    private final Map<IpAddress, Set<ObjectName>> outside = new HashMap<>();
    private final Map<ObjectName, Set<IpAddress>> outsideOf = new HashMap<>();
    private Set<IpAddress> local = Set.of();

    public AddressClaims(ServiceRules rules) {
        this.rules = rules;
    }

    /// The claims of every Service in `state`, under the default rules.
    public static AddressClaims of(ClusterState state) {
        AddressClaims claims = new AddressClaims(ServiceRules.DEFAULT);
        var _ = claims.update(state, state.services().keySet());
        return claims;
    }

    /// What a change of claims touches.
    ///
    /// @param services Services that need compiling, because they gained or lost an address to another
    /// @param clusterIps cluster IPs that may have another owner, or none
    public record Effect(Set<ObjectName> services, Set<IpAddress> clusterIps) {}

    /// Takes over what `state` says about the Services in `names`.
    public Effect update(ClusterState state, Set<ObjectName> names) {
        Effect effect = new Effect(new HashSet<>(), new HashSet<>());
        for (ObjectName name : names) {
            Service service = state.service(name).filter(Service::proxied).orElse(null);
            Instant created = service == null ? Instant.MIN : service.created();
            clusterIps.update(
                    name,
                    created,
                    service == null ? List.of() : service.clusterIps(),
                    effect.services,
                    effect.clusterIps);
            Set<FrontendKey> wanted = new HashSet<>(0);
            if (service != null) {
                OutsideFrontends.of(service, rules).forEach(frontend -> wanted.add(frontend.key()));
            }
            fileOutside(name, wanted);
            if (name.equals(API_SERVER)) {
                wanted.addAll(apiServer(state));
            }
            sockets.update(
                    name, name.equals(API_SERVER) ? Instant.MIN : created, wanted, effect.services, new HashSet<>(0));
        }
        for (IpAddress address : effect.clusterIps) {
            effect.services.addAll(outside.getOrDefault(address, Set.of()));
        }
        return effect;
    }

    /// Takes the addresses that this node has now: a cluster IP among them is the node's own affair (as that of a
    /// DNS cache that listens there) and is not translated.
    public Effect localAddresses(Collection<IpAddress> addresses) {
        Set<IpAddress> different = new HashSet<>(local);
        Set<IpAddress> next = Set.copyOf(addresses);
        different.addAll(next);
        different.removeIf(address -> next.contains(address) && local.contains(address));
        local = next;
        Effect effect = new Effect(new HashSet<>(), new HashSet<>());
        for (IpAddress address : different) {
            List<ObjectName> claimants = clusterIps.claimants(address);
            if (!claimants.isEmpty()) {
                effect.services.addAll(claimants);
                effect.clusterIps.add(address);
            }
        }
        return effect;
    }

    /// The Service whose cluster IP `address` is; empty if it is none.
    public Optional<ObjectName> owner(IpAddress address) {
        return clusterIps.owner(address);
    }

    /// The Service that is served at a node port or an address outside of the cluster.
    Optional<ObjectName> owner(FrontendKey socket) {
        return owner(socket.address()).or(() -> sockets.owner(socket));
    }

    /// Whether this node has the address itself.
    public boolean isLocal(IpAddress address) {
        return local.contains(address);
    }

    /// Every cluster IP of a Service.
    public Set<IpAddress> clusterIps() {
        return clusterIps.owned();
    }

    ServiceRules rules() {
        return rules;
    }

    /// Notes who is outside at which address, so that a Service whose cluster IP that becomes concerns them.
    private void fileOutside(ObjectName name, Set<FrontendKey> wanted) {
        for (IpAddress address : outsideOf.getOrDefault(name, Set.of())) {
            Set<ObjectName> names = outside.getOrDefault(address, new TreeSet<>());
            names.remove(name);
            if (names.isEmpty()) {
                outside.remove(address);
            }
        }
        outsideOf.remove(name);
        for (FrontendKey key : wanted) {
            outside.computeIfAbsent(key.address(), _ -> new TreeSet<>()).add(name);
            outsideOf.computeIfAbsent(name, _ -> new HashSet<>()).add(key.address());
        }
    }

    private static Set<FrontendKey> apiServer(ClusterState state) {
        Set<FrontendKey> keys = new HashSet<>();
        state.slices(API_SERVER)
                .forEach(slice -> slice.ports()
                        .forEach(port -> slice.endpoints()
                                .forEach(endpoint ->
                                        keys.add(new FrontendKey(endpoint.address(), port.port(), port.protocol())))));
        return keys;
    }
}
