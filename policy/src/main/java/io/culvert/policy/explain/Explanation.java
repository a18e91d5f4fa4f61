// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.net.IpAddress;
import io.culvert.policy.PolicyWarning;
import io.culvert.policy.Verdict;
import java.util.List;

/// The answer to a [PolicyQuestion].
///
/// @param paths one for each pair of addresses and ports that the question means
/// @param warnings about the policies that select one of the pods
/// @param notes what else is worth knowing, a line each
public record Explanation(List<Path> paths, List<PolicyWarning> warnings, List<String> notes) {

    public Explanation {
        paths = List.copyOf(paths);
        warnings = List.copyOf(warnings);
        notes = List.copyOf(notes);
    }

    /// One connection as policies see it: after Service translation, before masquerade.
    ///
    /// @param answers of the pods that policies apply to: egress of the source, then ingress of the destination
    public record Path(IpAddress source, IpAddress destination, int protocol, int port, List<Answer> answers) {

        public Path {
            answers = List.copyOf(answers);
        }

        public boolean allowed() {
            return answers.stream().allMatch(answer -> answer.verdict().allowed());
        }
    }

    /// What one pod's policies say.
    ///
    /// @param here whether the pod is of this node; if not, its own node decides, from the same objects
    /// @param reason one line
    /// @param misses where nothing allows it, the rules that might have, and why they do not
    public record Answer(
            ObjectName pod, Direction direction, boolean here, Verdict verdict, String reason, List<String> misses) {

        public Answer {
            misses = List.copyOf(misses);
        }
    }
}
