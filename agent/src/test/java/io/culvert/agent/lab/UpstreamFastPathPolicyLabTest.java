// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.testkit.LabTest;

/// The same tests with packets between pods of a node that go past its stack.
@LabTest
class UpstreamFastPathPolicyLabTest extends UpstreamPolicyLabTest {

    @Override
    String[] options() {
        return new String[] {"--fast-path", "on"};
    }
}
