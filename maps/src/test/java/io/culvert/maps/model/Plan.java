// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.Backend;
import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import java.util.Optional;

/// What would become of a connection to a backend.
///
/// @param kind bits of FlowFlag that say how it is translated
/// @param source address towards the backend, if it is to be another than the client's
/// @param masquerade what the backend sees, if it is masqueraded
/// @param drop why there can be none
record Plan(Backend backend, int kind, Optional<IpAddress> source, IpAddress masquerade, Optional<DropReason> drop) {

    boolean isMasqueraded() {
        return (kind & FlowFlag.MASQUERADED.bit()) != 0;
    }

    IpPort end() {
        return new IpPort(backend.address(), backend.port());
    }
}
