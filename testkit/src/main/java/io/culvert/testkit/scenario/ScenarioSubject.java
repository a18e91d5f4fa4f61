// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

import java.util.List;

/// What a scenario is played against: an agent, or any part of it that reads manifests and prints tables.
public interface ScenarioSubject extends AutoCloseable {

    /// Puts a manifest in place, or replaces it.
    void apply(String file, String yaml);

    /// Takes a manifest away.
    void delete(String file);

    /// Returns when everything applied so far has its effect.
    void awaitSettled();

    /// Runs a verb of the command line.
    ///
    /// @return what it prints; on failure what it prints on standard error too
    String run(List<String> words);

    @Override
    void close();
}
