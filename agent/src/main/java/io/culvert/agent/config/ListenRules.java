// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.net.IpAddress;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Where kube-proxy's servers listen. An empty address means its default, whose family is that of `bindAddress`; only
/// the command line could turn them off.
final class ListenRules {

    private record Server(Setting<BindAddress> setting, String ipv6Default, int port) {}

    /// With the ports that kube-proxy adds to an address without one.
    private static final Map<String, Server> SERVERS = new TreeMap<>(Map.of(
            "healthzBindAddress", new Server(Setting.HEALTHZ, "[::]:10256", 10256),
            "metricsBindAddress", new Server(Setting.METRICS, "[::1]:10249", 10249)));

    static final Set<String> FIELDS = SERVERS.keySet();

    private ListenRules() {}

    static void apply(KubeProxyImport in) {
        boolean ipv6 = IpAddress.parse(in.field("bindAddress").text())
                .filter(address -> !address.isV4())
                .isPresent();
        for (Map.Entry<String, Server> entry : SERVERS.entrySet()) {
            Server server = entry.getValue();
            KubeProxyField field = in.field(entry.getKey());
            if (field.isSet()) {
                in.use(field, withPort(field.text(), server.port()), server.setting());
            } else if (ipv6) {
                in.use(field, server.ipv6Default(), server.setting());
            }
        }
    }

    private static String withPort(String text, int port) {
        boolean bareV6 = !text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':');
        boolean hasPort = text.startsWith("[") ? text.contains("]:") : !bareV6 && text.contains(":");
        return hasPort ? text : (bareV6 ? "[" + text + "]" : text) + ":" + port;
    }
}
