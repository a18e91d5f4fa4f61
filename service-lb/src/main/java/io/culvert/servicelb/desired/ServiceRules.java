// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.maps.FrontendType;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// What the administrator of the node lets Services do.
///
/// @param masqueradeAll whether connections to cluster IPs are masqueraded, whoever makes them
/// @param externalIps whether `spec.externalIPs` is served: whoever may write a Service takes traffic to any address
///     by it (CVE-2020-8554)
/// @param externalRanges what addresses of `spec.externalIPs` and of load balancers must lie in; empty: anywhere
/// @param podLabels whether pods are followed, by whose labels weights may go
public record ServiceRules(
        boolean masqueradeAll, boolean externalIps, List<IpPrefix> externalRanges, boolean podLabels) {

    /// As kube-proxy has it: everything is served.
    public static final ServiceRules DEFAULT = new ServiceRules(false, true, List.of(), true);

    public ServiceRules {
        externalRanges = List.copyOf(externalRanges);
    }

    /// Why a Service is not served at an address outside of the cluster, as the end of a sentence; empty if it may be.
    Optional<String> refusal(FrontendType type, IpAddress address) {
        InetAddress plain = address.toInetAddress();
        if (plain.isAnyLocalAddress()
                || plain.isLoopbackAddress()
                || plain.isLinkLocalAddress()
                || plain.isMulticastAddress()) {
            return Optional.of("is no address that a Service can have");
        }
        if (type == FrontendType.EXTERNAL_IP && !externalIps) {
            return Optional.of("is not served, because allow-external-ips is off");
        }
        if (!externalRanges.isEmpty() && externalRanges.stream().noneMatch(range -> range.contains(address))) {
            return Optional.of("is not served, because it lies outside of external-address-ranges");
        }
        return Optional.empty();
    }
}
