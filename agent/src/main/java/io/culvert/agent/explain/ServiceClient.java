// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.net.IpAddress;
import java.util.List;

/// Who would connect.
///
/// @param text as people know it
/// @param ifindex by which its packets come in; [io.culvert.maps.datapath.ServiceQuestion#THIS_NODE] for the node's own
/// @param sockets whether `sock_lb` sees its system calls, and why not
record ServiceClient(String text, List<IpAddress> addresses, int ifindex, Sockets sockets) {

    /// Whether sockets are translated when they connect.
    enum Sockets {
        /// Those of this node's own processes.
        NODE("chosen in connect(2), as for all of this node's processes"),
        /// Those of a pod of this node.
        POD("chosen in connect(2) of the pod; packets that it does not cover meet the same tables"),
        /// The pod said so.
        OPTED_OUT("not asked: annotation culvert.io/socket-lb of the pod is off"),
        /// The pod's mesh must see the Service's address.
        SIDECAR("not asked: the pod has a sidecar of a service mesh"),
        /// They are on another machine.
        ELSEWHERE("not asked: the client's system calls are on another machine");

        private final String text;

        Sockets(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    ServiceClient {
        addresses = List.copyOf(addresses);
    }
}
