// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/// A backend of one frontend.
///
/// @param state `active` or `terminating`
/// @param node null where the cluster does not say, or nobody was asked
/// @param zone likewise
/// @param local whether it is on this node
/// @param id names it in the flow table; not part of the promised shape
public record BackendRow(
        String address,
        int port,
        String state,
        @Nullable String node,
        @Nullable String zone,
        boolean local,
        int weight,
        @JsonIgnore int id) {

    /// `10.1.0.3:8080/TCP (active)`.
    public String text(String protocol) {
        return Text.socket(address, port) + "/" + protocol + " (" + state + ")";
    }
}
