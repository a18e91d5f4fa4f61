// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import io.culvert.observability.api.flow.FlowFilter;
import java.util.List;

/// Flags about which flows are wanted, in the order in which they are given: `--not` turns the next one.
public final class FlowWishes {

    private final FilterPair allowed = new FilterPair();
    private final FilterPair denied = new FilterPair();
    private boolean turned;

    /// The next flag says what is not wanted.
    ///
    /// @throws ObserveException if it is turned already
    public void not() {
        if (turned) {
            throw new ObserveException("--not --not: say it once, before the flag that it turns");
        }
        turned = true;
    }

    /// @param value empty if the flag has none
    /// @throws ObserveException if the value means nothing, or the flag cannot be combined with one before
    public void add(FilterFlag flag, String value) {
        FilterPair filters = turned ? denied : allowed;
        turned = false;
        filters.flags().add(flag.name());
        FilterConflicts.check(filters.flags());
        flag.effect().apply(filters, value);
    }

    /// @throws ObserveException if the last flag was `--not`
    List<FlowFilter> allowed() {
        if (turned) {
            throw new ObserveException("--not at the end: it turns the flag that follows");
        }
        return allowed.filters();
    }

    List<FlowFilter> denied() {
        return denied.filters();
    }
}
