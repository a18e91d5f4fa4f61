// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.testkit.LabTest;
import io.culvert.testkit.scenario.ScenarioTests;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The scenario files, each played against an agent and a kernel of its own.
@LabTest
class ScenarioLabTest {

    @TestFactory
    Stream<DynamicTest> scenarios() {
        return ScenarioTests.in(Path.of("src/test/scenarios"), _ -> new AgentSubject());
    }
}
