// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Optional;

/// Which traffic counts as coming from a pod, with kube-proxy's four answers (KEP-2450) and one that only a proxy with
/// programs on pod interfaces can give.
public sealed interface LocalTraffic {

    /// What entered through a pod interface that has our programs.
    record PodInterface() implements LocalTraffic {}

    /// What has a source in the block of its family; in a family without one, nothing.
    ///
    /// @param blocks at most one of each family
    record ClusterCidr(List<IpPrefix> blocks) implements LocalTraffic {

        public ClusterCidr {
            blocks = List.copyOf(blocks);
        }
    }

    /// What has a source in `spec.podCIDRs` of this Node object: the first block of each family.
    record NodeCidr() implements LocalTraffic {}

    /// What entered through this bridge.
    record BridgeInterface(String name) implements LocalTraffic {}

    /// What entered through an interface whose name begins so.
    record InterfaceNamePrefix(String prefix) implements LocalTraffic {}

    /// @throws ConfigException if a mode is chosen without what it needs
    static LocalTraffic of(Settings settings) {
        List<IpPrefix> blocks = settings.find(Setting.CLUSTER_CIDR).orElse(List.of());
        Optional<DetectLocalMode> chosen = settings.find(Setting.DETECT_LOCAL_MODE);
        DetectLocalMode mode =
                chosen.orElse(blocks.isEmpty() ? DetectLocalMode.POD_INTERFACE : DetectLocalMode.CLUSTER_CIDR);
        return switch (mode) {
            case POD_INTERFACE -> new PodInterface();
            case CLUSTER_CIDR -> new ClusterCidr(blocks);
            case NODE_CIDR -> new NodeCidr();
            case BRIDGE_INTERFACE -> new BridgeInterface(needed(settings, Setting.POD_BRIDGE_INTERFACE, "bridge"));
            case INTERFACE_NAME_PREFIX ->
                new InterfaceNamePrefix(needed(settings, Setting.POD_INTERFACE_NAME_PREFIX, "prefix"));
        };
    }

    private static String needed(Settings settings, Setting<String> setting, String what) {
        return settings.find(setting)
                .orElseThrow(() -> new ConfigException(List.of("detect-local-mode: the mode needs a " + what
                        + " and none is given; set " + setting.key() + ", or choose another mode")));
    }
}
