// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;

/// Why something that a Service asks for belongs to another.
public sealed interface ServiceConflict {

    /// One line, lower case, without a full stop.
    String message();

    /// An older Service has the same cluster IP and is served at it.
    record ClusterIpTaken(IpAddress address, ObjectName winner) implements ServiceConflict {
        @Override
        public String message() {
            return "cluster IP " + address + " belongs to the older Service " + winner;
        }
    }

    /// An earlier entry of `spec.ports` has the same number and protocol, or the same name and protocol.
    record PortRepeated(int port, Protocol protocol) implements ServiceConflict {
        @Override
        public String message() {
            return "port " + port + "/" + protocol + " repeats an earlier port";
        }
    }
}
