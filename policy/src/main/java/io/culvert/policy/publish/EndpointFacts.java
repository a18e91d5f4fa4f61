// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.net.IpAddress;
import java.util.Map;
import java.util.Set;

/// What is known of the pods of this node beside policies.
///
/// @param interfaces index of the interface that leads to an address, as far as it is known
/// @param audited namespaces whose pods lose nothing: what would be dropped is counted and passes
/// @param strict whether pods that are not known are closed
public record EndpointFacts(Map<IpAddress, Integer> interfaces, Set<String> audited, boolean strict) {

    /// Nothing is known.
    public static final EndpointFacts NONE = new EndpointFacts(Map.of(), Set.of(), false);

    public EndpointFacts {
        interfaces = Map.copyOf(interfaces);
        audited = Set.copyOf(audited);
    }
}
