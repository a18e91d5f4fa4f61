// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.servicelb.selection.GreatestCommonDivisor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Divides what groups of endpoints are given among their endpoints, so that a group has its part whatever the number
/// of its endpoints.
///
/// What counts are the ready endpoints of a group, or all where none is ready. Weights are exact where whole numbers up
/// to 65,535 can say them, else rounded to the largest such, and never to 0.
final class GroupShares {

    /// A common multiple of the sizes of groups that is larger is not looked for.
    private static final long LARGEST_MULTIPLE = 1L << 32;

    private GroupShares() {}

    static List<PortEndpoint> assign(
            List<PortEndpoint> endpoints, Function<PortEndpoint, String> group, Weights weights) {
        Map<String, Integer> ready = new HashMap<>();
        Map<String, Integer> all = new HashMap<>();
        List<String> groups = new ArrayList<>(endpoints.size());
        for (PortEndpoint endpoint : endpoints) {
            String name = group.apply(endpoint);
            groups.add(name);
            all.merge(name, 1, Integer::sum);
            if (endpoint.ready()) {
                ready.merge(name, 1, Integer::sum);
            }
        }
        Map<String, Integer> sizes = new HashMap<>(all);
        sizes.putAll(ready);
        Map<String, Integer> each = each(sizes, weights);
        List<PortEndpoint> assigned = new ArrayList<>(endpoints.size());
        for (int i = 0; i < endpoints.size(); i++) {
            assigned.add(endpoints.get(i).withWeight(each.getOrDefault(groups.get(i), 0)));
        }
        return assigned;
    }

    /// The weight of each endpoint of a group.
    private static Map<String, Integer> each(Map<String, Integer> sizes, Weights weights) {
        long multiple = 1;
        for (Map.Entry<String, Integer> size : sizes.entrySet()) {
            if (weights.of(size.getKey()) > 0 && multiple < LARGEST_MULTIPLE) {
                multiple = multiple / GreatestCommonDivisor.of(multiple, size.getValue()) * size.getValue();
            }
        }
        Map<String, Double> parts = new HashMap<>();
        long divisor = 0;
        double most = 0;
        for (Map.Entry<String, Integer> size : sizes.entrySet()) {
            int weight = weights.of(size.getKey());
            parts.put(size.getKey(), (double) weight / size.getValue());
            most = Math.max(most, (double) weight / size.getValue());
            divisor = GreatestCommonDivisor.of(divisor, weight * (multiple / size.getValue()));
        }
        boolean exact = multiple < LARGEST_MULTIPLE && divisor > 0 && most * multiple / divisor <= Weights.MOST;
        double unit = exact ? (double) multiple / divisor : Weights.MOST / most;
        Map<String, Integer> each = new HashMap<>();
        parts.forEach((group, part) -> each.put(group, part == 0 ? 0 : Math.max(1, (int) Math.round(part * unit))));
        return each;
    }
}
