// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import java.util.Arrays;
import java.util.List;

/// Pairs of client and server, as a list says.
///
/// @param patterns as `* -> x/a`, `x/* -> *`; with `!` in front, pairs that are not meant after all
record PodPairs(List<String> patterns) {

    /// @param client as `xa`
    boolean contain(String client, String server) {
        return patterns.stream().anyMatch(pair -> !pair.startsWith("!") && matches(client, server, pair))
                && patterns.stream()
                        .noneMatch(pair -> pair.startsWith("!") && matches(client, server, pair.substring(1)));
    }

    private static boolean matches(String client, String server, String pair) {
        String[] ends = pair.split(" -> ");
        return matches(client, ends[0]) && matches(server, ends[1]);
    }

    private static boolean matches(String name, String pattern) {
        String[] parts = pattern.equals("*") ? new String[] {"*", "*"} : pattern.split("/");
        return Arrays.asList("*", name.substring(0, 1)).contains(parts[0])
                && Arrays.asList("*", name.substring(1)).contains(parts[1]);
    }
}
