// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the kernel holds under one service index. Changed only after the write that it mirrors.
final class ProgrammedPort {

    private final int index;
    private @Nullable Extent extent;
    private @Nullable ServicePortName name;
    private final Map<FrontendKey, Frontend> frontends = new HashMap<>(2);

    ProgrammedPort(int index) {
        this.index = index;
    }

    int index() {
        return index;
    }

    /// Null until the first one is published.
    @Nullable
    Extent extent() {
        return extent;
    }

    void published(Extent published) {
        extent = published;
    }

    /// Whose port it is; null while no Service has claimed what an earlier agent left.
    @Nullable
    ServicePortName name() {
        return name;
    }

    ProgrammedPort claimedBy(ServicePortName claimant) {
        name = claimant;
        return this;
    }

    /// The entries that lead to this index, live.
    Map<FrontendKey, Frontend> frontends() {
        return frontends;
    }
}
