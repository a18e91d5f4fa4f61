// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.LpmKey;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the kernel holds under one service index. Changed only after the write that it mirrors.
final class ProgrammedPort {

    private final int index;
    private @Nullable Extent extent;
    private @Nullable ServicePortName name;
    /// Whether the kernel holds it for certain.
    private final Map<LpmKey, Boolean> sourceRanges = new HashMap<>(0);
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

    /// The client ranges of this index, and those of which it is not known because a write of them failed.
    Set<LpmKey> sourceRanges() {
        return sourceRanges.keySet();
    }

    boolean hasSourceRange(LpmKey range) {
        return sourceRanges.getOrDefault(range, false);
    }

    void hasSourceRanges(Set<LpmKey> written) {
        written.forEach(range -> sourceRanges.put(range, true));
    }

    void mayHaveSourceRanges(Set<LpmKey> attempted) {
        attempted.forEach(range -> sourceRanges.put(range, false));
    }

    void lostSourceRanges(Set<LpmKey> removed) {
        sourceRanges.keySet().removeAll(removed);
    }

    /// The entries that lead to this index, live.
    Map<FrontendKey, Frontend> frontends() {
        return frontends;
    }
}
