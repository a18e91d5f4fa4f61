// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Who may look: processes of this node, and who is led here by one (`ssh -L`, `kubectl port-forward`). Flows say who
/// talks to whom, so an address that is open for Prometheus does not open them.
///
/// A browser of this node may be made to ask on behalf of a foreign page whose name was rebound to 127.0.0.1. It says
/// that name in `Host`, so a name that is not this machine's own is refused.
final class LocalClients {

    private LocalClients() {}

    /// Why a client may not look, or empty if it may.
    static Optional<String> refusal(HttpExchange exchange) {
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            return Optional.of(
                    "only for clients of this node; lead the port to yours, with ssh -L or kubectl port-forward");
        }
        List<String> hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
        if (hosts.size() != 1 || !isLocal(hosts.getFirst())) {
            return Optional.of("Host is not a name of this machine; ask for localhost or 127.0.0.1");
        }
        return Optional.empty();
    }

    /// @param host as the header has it: `localhost:10249`, `[::1]`
    static boolean isLocal(String host) {
        int bracket = host.indexOf(']');
        int colon = host.indexOf(':', Math.max(0, bracket));
        String name = (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
        if (name.equals("localhost")) {
            return true;
        }
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        try {
            return InetAddress.ofLiteral(bracketed ? name.substring(1, name.length() - 1) : name)
                    .isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
