// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import java.util.List;

/// How many entries of each table a state needs.
///
/// @param services extents, one a Service port and family
/// @param backends backends of all extents together; each also takes one slot and one id
public record TableDemand(int frontends, int services, int backends) {

    static TableDemand of(List<ServiceWriter.Plan> plans) {
        int frontends = 0;
        int services = 0;
        int backends = 0;
        for (ServiceWriter.Plan plan : plans) {
            services += plan.compiled().ports().size();
            for (var port : plan.compiled().ports()) {
                frontends += port.frontends().size();
                backends += port.endpoints().backends().size();
            }
        }
        return new TableDemand(frontends, services, backends);
    }
}
