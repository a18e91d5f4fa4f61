// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import java.util.List;

/// What the kernel should hold for one Service port in one family.
public record DesiredServicePort(ServicePortName name, List<DesiredFrontend> frontends, EndpointSets endpoints) {

    public DesiredServicePort {
        frontends = List.copyOf(frontends);
    }
}
