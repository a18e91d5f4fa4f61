// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// How local traffic is told (KEP-2450). [LocalTraffic] is the same with what each needs.
public enum DetectLocalMode {
    CLUSTER_CIDR,
    NODE_CIDR,
    BRIDGE_INTERFACE,
    INTERFACE_NAME_PREFIX,
    /// Not one of kube-proxy's.
    POD_INTERFACE
}
