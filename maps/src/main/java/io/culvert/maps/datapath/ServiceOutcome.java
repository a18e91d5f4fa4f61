// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import java.util.Set;

/// What becomes of a packet that would open a connection.
public sealed interface ServiceOutcome {

    /// It goes to a backend.
    ///
    /// @param service index into `services`
    /// @param backendId see [io.culvert.maps.BackendIds]
    /// @param source whom the backend sees; of a masquerade, its port is chosen when the connection begins
    /// @param state that the connection begins with
    /// @param remembered whether the client is given it for the sake of session affinity
    record Translated(
            int service, int backendId, IpPort backend, IpAddress source, Set<FlowFlag> state, boolean remembered)
            implements ServiceOutcome {

        public Translated {
            state = Set.copyOf(state);
        }
    }

    /// It goes on as it is, although there is a frontend: nothing is published, or it is the backend's own address.
    record Passed() implements ServiceOutcome {}

    /// It is answered by RST or ICMP: nobody serves this client, or a Service has the address at other ports.
    record Refused() implements ServiceOutcome {}

    /// It is dropped.
    record Dropped(DropReason reason) implements ServiceOutcome {}

    /// It is none of a Service's.
    record NoFrontend() implements ServiceOutcome {}
}
