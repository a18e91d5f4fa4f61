// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// How kube-proxy tells local traffic (KEP-2450). Not used yet.
public enum DetectLocalMode {
    CLUSTER_CIDR,
    NODE_CIDR,
    BRIDGE_INTERFACE,
    INTERFACE_NAME_PREFIX
}
