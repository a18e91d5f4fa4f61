// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.agent.policy.PublishedNumbers;
import io.culvert.net.IpAddress;
import io.culvert.observability.names.PolicyRule;
import io.culvert.policy.Identity;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Numbers of identities and rules, as they are in the kernel.
final class PolicyNames {

    private final Supplier<Optional<PublishedNumbers>> published;
    private final ReentrantLock reading = new ReentrantLock();
    private final RecentlyGone<Integer, PolicyRule> gone = new RecentlyGone<>();
    private volatile Snapshot snapshot = Snapshot.of(PublishedNumbers.NOTHING);

    /// @param identities numbers of a plan's identities, by their place in the plan; 0: not looked up yet
    private record Snapshot(PublishedNumbers of, Map<Integer, PolicyRule> rules, AtomicIntegerArray identities) {

        static Snapshot of(PublishedNumbers numbers) {
            Map<Integer, PolicyRule> rules = new HashMap<>();
            RuleNames names = new RuleNames(numbers.policies(), Integer.toUnsignedLong(numbers.epoch()));
            numbers.rules().forEach((rule, number) -> rules.put(number, names.of(rule)));
            return new Snapshot(
                    numbers,
                    rules,
                    new AtomicIntegerArray(numbers.plan().identities().size()));
        }

        int identity(IpAddress address) {
            int place = of.plan().ipcache().getOrDefault(address, 0);
            if (place != 0 && identities.get(place) == 0) {
                // Making a hash of an identity takes a while. Whoever else does it comes to the same.
                Identity identity = of.plan().identities().get(place);
                identities.set(place, of.identities().getOrDefault(identity, 0));
            }
            return identities.get(place);
        }
    }

    PolicyNames(Supplier<Optional<PublishedNumbers>> published) {
        this.published = published;
    }

    /// The number of an address' identity in the kernel; 0: it has none.
    int identity(IpAddress address) {
        return current().identity(address);
    }

    Optional<PolicyRule> rule(int number) {
        return Optional.ofNullable(current().rules.get(number)).or(() -> gone.find(number));
    }

    /// One thread makes the next snapshot; others go on with the one before.
    @SuppressWarnings("ReferenceEquality") // the same until the next publication
    private Snapshot current() {
        PublishedNumbers numbers = published.get().orElse(PublishedNumbers.NOTHING);
        Snapshot present = snapshot;
        if (present.of == numbers || !reading.tryLock()) {
            return present;
        }
        try {
            Snapshot next = Snapshot.of(numbers);
            present.rules.forEach((number, name) -> {
                if (!next.rules.containsKey(number)) {
                    gone.put(number, name);
                }
            });
            snapshot = next;
            return next;
        } finally {
            reading.unlock();
        }
    }
}
