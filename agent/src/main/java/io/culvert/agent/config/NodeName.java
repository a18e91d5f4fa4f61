// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Which Node this is, where nobody says so.
public final class NodeName {

    private NodeName() {}

    /// The setting, else `NODE_NAME` (which a DaemonSet fills from `spec.nodeName`), else the host name in lower case,
    /// as the kubelet registers it.
    public static String of(Settings settings, Map<String, String> environment) {
        return settings.find(Setting.NODE_NAME).orElseGet(() -> {
            String name = environment.getOrDefault("NODE_NAME", "").strip();
            return name.isEmpty() ? hostName() : name;
        });
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"))
                    .strip()
                    .toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            throw new ConfigException(List.of("read the host name: " + e.getMessage() + "; set --node-name"));
        }
    }
}
