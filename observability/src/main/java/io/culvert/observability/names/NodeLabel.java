// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

/// Which node tells of a flow.
///
/// @param version of the agent
public record NodeLabel(String cluster, String node, String version) {

    /// As Hubble has it: `cluster/node`.
    public String text() {
        return cluster + "/" + node;
    }
}
