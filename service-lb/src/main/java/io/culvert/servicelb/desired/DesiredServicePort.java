// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.net.IpPrefix;
import java.util.List;

/// What the kernel should hold for one Service port in one family.
///
/// @param frontends at least one
/// @param sourceRanges clients of the frontends that have the flag [io.culvert.maps.FrontendFlag#SOURCE_RANGES]
public record DesiredServicePort(
        ServicePortName name,
        List<DesiredFrontend> frontends,
        EndpointSets endpoints,
        ConnectionRules rules,
        List<IpPrefix> sourceRanges) {

    public DesiredServicePort {
        frontends = List.copyOf(frontends);
        sourceRanges = List.copyOf(sourceRanges);
    }
}
