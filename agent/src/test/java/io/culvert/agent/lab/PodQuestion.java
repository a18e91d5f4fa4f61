// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.ReachTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A connection that one pod tries to another.
///
/// @param target what it dials
record PodQuestion(String client, String server, IpFamily family, ReachTarget target) {

    /// All connections of a pod are made at once, so that silence means that the rest are dropped.
    private static final Duration QUIET = Duration.ofMillis(200);

    /// Tries all of one pod at once. Those that are to be made must come to the right server as well.
    ///
    /// @return those that are not as they should be
    static List<String> differences(Lab lab, List<PodQuestion> all, Predicate<PodQuestion> wanted) {
        List<Optional<String>> answers = lab.pod(all.getFirst().client)
                .sockets()
                .reach(all.stream().map(PodQuestion::target).toList(), QUIET);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            PodQuestion question = all.get(i);
            boolean open = wanted.test(question);
            if (!answers.get(i).equals(open ? Optional.of(question.server) : Optional.empty())) {
                differences.add(question + " is " + (open ? "blocked" : "open") + answers.get(i));
            }
        }
        return differences;
    }

    @Override
    public String toString() {
        return client + " -> " + server + " " + target.protocol() + " at " + target.address() + ":" + target.port();
    }
}
