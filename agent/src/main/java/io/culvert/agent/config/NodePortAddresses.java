// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which addresses of a node serve NodePorts. Addresses of loopback are a setting of their own: `localhost-nodeports`.
public sealed interface NodePortAddresses {

    /// One address of each family: the first that the Node object names and the machine has (kube-proxy's nftables
    /// mode).
    record Primary() implements NodePortAddresses {
        @Override
        public String toString() {
            return "primary";
        }
    }

    /// Every address that an interface has, but loopback's (kube-proxy's iptables and IPVS modes).
    record All() implements NodePortAddresses {
        @Override
        public String toString() {
            return "all";
        }
    }

    /// Those that an interface has and a block contains.
    ///
    /// @param blocks not empty; a family without a block serves no NodePorts
    record Blocks(List<IpPrefix> blocks) implements NodePortAddresses {

        public Blocks {
            blocks = List.copyOf(blocks);
        }

        @Override
        public String toString() {
            return blocks.stream().map(IpPrefix::toString).collect(Collectors.joining(","));
        }
    }

    /// Reads `primary`, `all`, or blocks; words and blocks do not mix.
    static Optional<NodePortAddresses> parse(List<String> items) {
        if (items.equals(List.of("primary"))) {
            return Optional.of(new Primary());
        }
        if (items.equals(List.of("all"))) {
            return Optional.of(new All());
        }
        List<IpPrefix> blocks =
                items.stream().map(IpPrefix::parse).flatMap(Optional::stream).toList();
        return items.isEmpty() || blocks.size() < items.size() ? Optional.empty() : Optional.of(new Blocks(blocks));
    }
}
