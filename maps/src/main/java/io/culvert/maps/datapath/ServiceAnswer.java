// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

/// What programs say of a packet that would open a connection.
///
/// @param client who they take the sender for
public record ServiceAnswer(Client client, ServiceOutcome outcome) {

    /// Who opens a connection, which says whose policy holds and whether it is masqueraded.
    public enum Client {
        /// Somebody outside of the cluster, or anybody where pods are not told from others.
        EXTERNAL,
        /// A pod.
        POD,
        /// This node.
        HOST
    }
}
