// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import java.util.OptionalInt;

/// May one connect to the other?
///
/// @param protocol IANA's number; empty where a Service's ports say it
/// @param port of the destination: a Service's own, or the pod's; empty for all ports of a Service, and for protocols
///     without ports
public record PolicyQuestion(End from, End to, OptionalInt protocol, OptionalInt port) {

    /// One end.
    public sealed interface End {

        /// A pod; as destination a Service, where no pod has the name.
        record Named(ObjectName name) implements End {}

        /// An address; as destination a Service, where it is a ClusterIP.
        record At(IpAddress address) implements End {}
    }
}
