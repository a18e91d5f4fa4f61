// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.net.Protocol;

/// Some numbers of [PortSpace], both ends included.
record PortInterval(int first, int last) {

    static final PortInterval EVERYTHING = new PortInterval(0, PortSpace.END - 1);

    static PortInterval of(Protocol protocol, int first, int last) {
        return new PortInterval(PortSpace.at(protocol, first), PortSpace.at(protocol, last));
    }
}
