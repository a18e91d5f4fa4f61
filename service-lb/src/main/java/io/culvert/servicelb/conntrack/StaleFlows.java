// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.RawFlow;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Flows that are not worth keeping although they have not expired: UDP to a backend whose id is withdrawn, which
/// programs do not follow any more; and whatever a pod that is gone had, because another pod may get its address.
public final class StaleFlows {

    /// An address may be given to another pod before the agent hears that the one that had it is gone. What began
    /// within this time before is left to expire.
    static final Duration GRACE = Duration.ofSeconds(10);

    private final IntPredicate isPublished;
    private final LongSupplier clock;
    private Map<IpAddress, String> owners = Map.of();
    private final Map<IpAddress, Long> departed = new HashMap<>();

    /// @param isPublished whether a backend id is
    public StaleFlows(IntPredicate isPublished) {
        this(isPublished, System::nanoTime);
    }

    /// @param clock nanoseconds of CLOCK_MONOTONIC
    StaleFlows(IntPredicate isPublished, LongSupplier clock) {
        this.isPublished = isPublished;
        this.clock = clock;
    }

    /// Which pods of this node have which addresses now. An address that another pod has than before, or none, is
    /// departed; the first call says what there is to depart.
    ///
    /// @param now owners by address; a pod that comes back under the same name is another owner
    public synchronized void pods(Map<IpAddress, String> now) {
        long before = clock.getAsLong() - GRACE.toNanos();
        owners.forEach((address, owner) -> {
            if (!owner.equals(now.get(address))) {
                departed.put(address, before);
            }
        });
        owners = Map.copyOf(now);
    }

    /// What is stale for one pass through the table; see [#seen].
    synchronized Pass pass() {
        return new Pass(Map.copyOf(departed), isPublished);
    }

    /// Addresses of a pass that saw the whole table need not be looked for again.
    synchronized void seen(Pass pass) {
        pass.departed.forEach(departed::remove);
    }

    /// @param departed addresses of pods that are gone, and the time before which their flows began, nanoseconds
    record Pass(Map<IpAddress, Long> departed, IntPredicate isPublished) implements Predicate<RawFlow> {

        /// Whether it is about pods that are gone.
        boolean isOfDeparted() {
            return !departed.isEmpty();
        }

        @Override
        public boolean test(RawFlow flow) {
            if (flow.protocol() == Protocol.UDP.number() && !isPublished.test(flow.backendId())) {
                return true;
            }
            return !departed.isEmpty() && (began(flow, flow.client()) || began(flow, flow.backend()));
        }

        private boolean began(RawFlow flow, IpAddress address) {
            Long before = departed.get(address);
            return before != null && flow.created() - before < 0;
        }
    }
}
