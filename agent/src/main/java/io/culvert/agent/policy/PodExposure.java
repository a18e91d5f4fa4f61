// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.NetworkChange;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How long pods that policies select could talk without them: from the kernel's notice that the pod's interface is up
/// until the policies are in force there, or until strict mode closed it. Of each interface it is measured once, when
/// its pod becomes known. What was there before the first look is not measured: nobody knows since when.
public final class PodExposure {

    /// An interface with programs whose pod is not known.
    ///
    /// @param up when it came up
    /// @param closed when nothing passed any more, in strict mode
    private record Waiting(long up, @Nullable Long closed) {}

    private final LongSupplier clock;
    private final Consumer<Duration> measured;
    private final Map<Integer, Long> up = new HashMap<>();
    private final Map<Integer, Waiting> waiting = new HashMap<>();
    private final Set<Integer> settled = new HashSet<>();
    private boolean looked;

    /// @param clock as [System#nanoTime]
    /// @param measured is told how long pods were exposed
    public PodExposure(LongSupplier clock, Consumer<Duration> measured) {
        this.clock = clock;
        this.measured = measured;
    }

    /// Takes a change of the network as the kernel tells it.
    public synchronized void heard(NetworkChange change) {
        if (!(change.object() instanceof Link link)) {
            return;
        }
        int index = link.index();
        if (change.removed()) {
            up.remove(index);
            waiting.remove(index);
            settled.remove(index);
        } else if (link.up() && !waiting.containsKey(index) && !settled.contains(index)) {
            up.putIfAbsent(index, clock.getAsLong());
        }
    }

    /// Takes which interfaces carry programs.
    ///
    /// @param closes whether these let nothing of unknown pods pass
    synchronized void attached(Set<Integer> interfaces, boolean closes) {
        for (int index : interfaces) {
            @Nullable Long since = up.remove(index);
            if (!looked) {
                settled.add(index);
            } else if (!waiting.containsKey(index) && !settled.contains(index)) {
                // Without a notice, which the kernel may lose, now is the best that is known.
                long now = clock.getAsLong();
                waiting.put(index, new Waiting(since == null ? now : since, closes ? now : null));
            }
        }
        looked = true;
    }

    /// Takes what is in force from now on.
    ///
    /// @param links interfaces with programs by address
    /// @param spared pods that could not talk before, or may talk in spite of policies
    synchronized void enforced(Iterable<LocalPod> pods, Map<IpAddress, Integer> links, Predicate<LocalPod> spared) {
        if (waiting.isEmpty()) {
            return;
        }
        for (LocalPod pod : pods) {
            for (IpAddress address : pod.owned()) {
                @Nullable Integer index = links.get(address);
                @Nullable Waiting exposed = index == null ? null : waiting.remove(index);
                if (index != null && exposed != null) {
                    settled.add(index);
                    boolean selected = pod.ingressSet() != 0 || pod.egressSet() != 0;
                    if (selected && !spared.test(pod)) {
                        @Nullable Long closed = exposed.closed();
                        long end = closed == null ? clock.getAsLong() : closed;
                        measured.accept(Duration.ofNanos(end - exposed.up()));
                    }
                }
            }
        }
    }
}
