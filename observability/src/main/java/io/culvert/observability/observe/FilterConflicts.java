// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Flags that cannot be combined, because what they say together is not what they seem to say: of each group one.
final class FilterConflicts {

    private static final List<List<String>> GROUPS = groups();

    private FilterConflicts() {}

    private static List<List<String>> groups() {
        List<List<String>> groups = new ArrayList<>();
        for (String end : List.of("from", "to")) {
            groups.add(group(
                    end + "-fqdn",
                    end + "-ip",
                    "ip",
                    "fqdn",
                    end + "-namespace",
                    "namespace",
                    end + "-all-namespaces",
                    "all-namespaces"));
            groups.add(group(end + "-fqdn", end + "-ip", "ip", "fqdn", end + "-pod", "pod"));
            groups.add(group(end + "-pod", "namespace", "all-namespaces"));
            groups.add(group(end + "-service", "namespace", "all-namespaces"));
            for (String name : List.of("label", "service", "port", "identity", "workload", "cluster")) {
                groups.add(group(name, end + "-" + name));
            }
        }
        groups.add(group("encrypted", "unencrypted"));
        return List.copyOf(groups);
    }

    private static List<String> group(String... names) {
        return Stream.of(names).map(name -> "--" + name).toList();
    }

    /// @throws ObserveException if two of `flags` are in a group
    static void check(Set<String> flags) {
        for (List<String> group : GROUPS) {
            List<String> given = group.stream().filter(flags::contains).toList();
            if (given.size() > 1) {
                throw new ObserveException(
                        given.get(0) + " and " + given.get(1)
                                + " cannot be combined; run culvert observe twice, or say it with --from- and --to- flags alone");
            }
        }
    }
}
