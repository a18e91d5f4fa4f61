// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.PolicyPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// The ports of rules as intervals that neither touch nor overlap.
final class RulePorts {

    private RulePorts() {}

    /// What a rule matches whoever the destination is.
    static List<PortInterval> fixed(Rule rule) {
        if (rule.ports().isEmpty()) {
            return List.of(PortInterval.EVERYTHING);
        }
        List<PortInterval> intervals = new ArrayList<>();
        for (PolicyPort port : rule.ports()) {
            switch (port) {
                case PolicyPort.AnyPort any -> intervals.add(PortInterval.of(any.protocol(), 0, 0xffff));
                case PolicyPort.Range range ->
                    intervals.add(PortInterval.of(range.protocol(), range.first(), range.last()));
                case PolicyPort.Named _, PolicyPort.Unknown _ -> {}
            }
        }
        return merged(intervals);
    }

    /// What a rule's port names mean at a destination with these ports.
    static List<PortInterval> named(Rule rule, Collection<ContainerPort> ports) {
        List<PortInterval> intervals = rule.namedPorts()
                .flatMap(name -> ports.stream().filter(name::matches))
                .map(port -> PortInterval.of(port.protocol(), port.number(), port.number()))
                .toList();
        return merged(intervals);
    }

    static List<PortInterval> union(List<PortInterval> one, List<PortInterval> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        List<PortInterval> both = new ArrayList<>(one);
        both.addAll(other);
        return merged(both);
    }

    private static List<PortInterval> merged(List<PortInterval> intervals) {
        List<PortInterval> merged = new ArrayList<>();
        for (PortInterval next : intervals.stream()
                .sorted(Comparator.comparingInt(PortInterval::first))
                .toList()) {
            if (!merged.isEmpty() && next.first() <= merged.getLast().last() + 1) {
                PortInterval last = merged.removeLast();
                merged.add(new PortInterval(last.first(), Math.max(last.last(), next.last())));
            } else {
                merged.add(next);
            }
        }
        return merged;
    }
}
