// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.util.Set;

/// A field of a KubeProxyConfiguration as it is written.
///
/// @param where `file:line`
/// @param name its path, as `iptables.masqueradeAll`
/// @param text its value; items of a list are joined by commas
record KubeProxyField(String where, String name, String text) {

    private static final Set<String> NOTHING = Set.of("", "null", "~");
    private static final Set<String> ZERO = Set.of("0", "0s", "false");

    /// Whether there is a value at all: kube-proxy's files spell out every field.
    boolean isSet() {
        return !NOTHING.contains(text);
    }

    /// Not set, or the value that most fields take for that.
    boolean isZero() {
        return !isSet() || ZERO.contains(text);
    }
}
