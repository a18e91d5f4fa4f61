// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;

/// What `explain service` answers.
///
/// @param paths one for each frontend that the question means
public record ServiceExplainView(String service, String client, List<Path> paths) {

    /// A new connection to one frontend.
    ///
    /// @param source address of the client
    /// @param frontend `10.96.0.10:80/TCP`: what the client dials
    /// @param type ClusterIP, NodePort, LoadBalancer or ExternalIP
    /// @param portName of the Service; empty if it has none
    /// @param steps the tables in the order in which programs ask them
    /// @param outcome what follows from them
    /// @param datapath what the programs in the kernel make of that packet
    /// @param agrees whether that is the outcome
    public record Path(
            String source,
            String frontend,
            String type,
            String portName,
            List<Step> steps,
            String outcome,
            String datapath,
            boolean agrees) {

        public Path {
            steps = List.copyOf(steps);
        }
    }

    /// One decision.
    ///
    /// @param table a map, or what is decided
    /// @param entry the one that was used
    /// @param meaning what follows; may be empty
    public record Step(String table, String entry, String meaning) {}

    public ServiceExplainView {
        paths = List.copyOf(paths);
    }

    /// Whether programs do something else somewhere.
    public boolean disagrees() {
        return !paths.stream().allMatch(Path::agrees);
    }
}
