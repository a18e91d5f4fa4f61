// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.net.Protocol;
import org.jspecify.annotations.Nullable;

/// One element of a rule's `ports` (NetworkPolicy) or `protocols` (ClusterNetworkPolicy). The port is the
/// destination's, as the destination pod sees it. Elements of a list are alternatives.
public sealed interface PolicyPort {

    /// Every port of a protocol.
    record AnyPort(Protocol protocol) implements PolicyPort {}

    /// A port, or `port` to `endPort`.
    ///
    /// @param last at least `first`, inclusive
    record Range(Protocol protocol, int first, int last) implements PolicyPort {

        public Range {
            if (first < 0 || first > last || last > 0xffff) {
                throw new IllegalArgumentException("no range of ports: " + first + " to " + last);
            }
        }

        public static Range single(Protocol protocol, int port) {
            return new Range(protocol, port, port);
        }
    }

    /// A container port of the destination pod by its name.
    ///
    /// @param protocol that the container port must have; null for any, as `destinationNamedPort` means
    record Named(@Nullable Protocol protocol, String name) implements PolicyPort {

        public boolean matches(ContainerPort port) {
            return port.name().equals(name) && (protocol == null || port.protocol() == protocol);
        }
    }

    /// A protocol or kind of port that this version does not know, or that it cannot read.
    ///
    /// @param what is wrong with it, for messages
    record Unknown(String what) implements PolicyPort {}
}
