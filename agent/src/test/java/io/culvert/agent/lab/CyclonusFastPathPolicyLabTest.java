// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.testkit.LabTest;

/// The same cases with packets between pods of a node that go past its stack.
@LabTest
class CyclonusFastPathPolicyLabTest extends CyclonusPolicyLabTest {

    @Override
    String[] options() {
        return new String[] {"--fast-path", "on"};
    }
}
