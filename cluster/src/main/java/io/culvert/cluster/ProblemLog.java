// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;

/// The problems of one component: what is wrong now, each logged when it appears and when it is gone, not in between.
/// May be used from any thread.
public final class ProblemLog {

    private final Logger log;
    private Set<Problem> current = Set.of();

    /// @param log of the component
    public ProblemLog(Logger log) {
        this.log = log;
    }

    /// Takes what is wrong now, in place of what was.
    public synchronized void replace(Collection<Problem> problems) {
        Set<Problem> next = new LinkedHashSet<>(problems);
        for (Problem problem : next) {
            if (!current.contains(problem)) {
                report(problem);
            }
        }
        for (Problem problem : current) {
            if (!next.contains(problem)) {
                log.info("resolved: {}", problem);
            }
        }
        current = next;
    }

    /// What is wrong now, in the order in which it was given.
    public synchronized List<Problem> current() {
        return List.copyOf(current);
    }

    private void report(Problem problem) {
        switch (problem.severity()) {
            case ERROR -> log.error("{}", problem);
            case WARNING -> log.warn("{}", problem);
        }
    }
}
