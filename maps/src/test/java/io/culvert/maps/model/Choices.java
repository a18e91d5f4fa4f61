// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import java.util.Optional;

/// What the programs chose at random, as their maps show it afterwards.
interface Choices {

    Optional<Flow> flow(FlowKey key);

    Optional<Affinity> affinity(AffinityKey key);

    /// Makes an entry look as if it were old: what is left of a connection that gave way. When it seems to be created
    /// then, in nanoseconds.
    long backdate(FlowKey key);
}
