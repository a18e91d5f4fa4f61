// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.net.IpAddress;
import org.jspecify.annotations.Nullable;

/// A backend as the kernel has it, for people.
///
/// @param id names it in the flow table
/// @param node where it runs; null where the cluster does not say, or does not know it any more
/// @param zone likewise
/// @param local whether it is on this node
public record BackendView(
        IpAddress address,
        int port,
        State state,
        @Nullable String node,
        @Nullable String zone,
        boolean local,
        int weight,
        int id) {

    public enum State {
        ACTIVE("active"),
        /// Chosen only because nothing else is usable.
        TERMINATING("terminating");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /// As users see it.
        @Override
        public String toString() {
            return text;
        }
    }
}
