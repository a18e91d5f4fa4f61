// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import java.util.Set;

/// Where clients reach a Service port, and what programs must know of it.
public record DesiredFrontend(FrontendType type, FrontendKey key, Set<FrontendFlag> flags) {

    public DesiredFrontend {
        flags = Set.copyOf(flags);
    }

    /// Whether clients are given endpoints of the local set; see [FrontendFlag#LOCAL_SET] for which.
    public boolean localSet() {
        return flags.contains(FrontendFlag.LOCAL_SET);
    }
}
