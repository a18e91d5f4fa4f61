// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;

/// What `policy explain` answers.
///
/// @param paths one for each pair of addresses and ports that the question means
/// @param warnings about the policies that select one of the pods
/// @param notes what else is worth knowing
public record ExplainView(List<Path> paths, List<String> warnings, List<String> notes) {

    /// One connection as policies see it: after Service translation, before masquerade.
    ///
    /// @param sourcePod `namespace/name`; empty for no pod
    /// @param destinationPod the same
    /// @param protocol `TCP`, `UDP`, `SCTP` or a number
    /// @param answers of the pods that policies apply to
    public record Path(
            String source,
            String sourcePod,
            String destination,
            String destinationPod,
            String protocol,
            int port,
            boolean allowed,
            List<Answer> answers) {}

    /// What the policies of one end say.
    ///
    /// @param direction `egress` of the source or `ingress` of the destination
    /// @param local whether the pod is of this node
    /// @param by `admin`, `network_policy`, `itself`, `isolated`, `baseline` or `default`
    /// @param rule `namespace/name ingress[0]`; empty where no rule decided
    /// @param misses where nothing allows it, why each rule that might have does not
    /// @param datapath [#AGREES], or what the programs say instead; empty where they were not asked
    public record Answer(
            String direction,
            String pod,
            boolean local,
            boolean allowed,
            String by,
            String rule,
            String reason,
            List<String> misses,
            String datapath) {

        public boolean disagrees() {
            return !datapath.isEmpty() && !datapath.equals(AGREES);
        }
    }

    /// The programs in the kernel give the same answer.
    public static final String AGREES = "agrees";

    /// Whether programs say something else somewhere.
    public boolean disagrees() {
        return paths.stream().flatMap(path -> path.answers().stream()).anyMatch(Answer::disagrees);
    }
}
