// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.RawFlow;
import io.culvert.maps.datapath.FlowReaper.Reaped;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Removes what has expired where the table is, as [io.culvert.maps.datapath.FlowReaper#run] says.
@FunctionalInterface
public interface FlowReap {

    /// Nobody does: all entries must be looked at one by one.
    FlowReap NONE = (_, _, _) -> Optional.empty();

    /// Shows the entries that may go and are not removed here, each as it is in memory and as a value.
    Optional<Reaped> run(long now, boolean silent, BiConsumer<RawFlow, Flow> consumer);
}
