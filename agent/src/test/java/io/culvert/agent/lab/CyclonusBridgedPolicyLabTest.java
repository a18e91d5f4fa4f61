// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.PodAttachment;

/// The same cases with the nodes changed: each is tried at a pod of the other kind.
@LabTest
class CyclonusBridgedPolicyLabTest extends CyclonusPolicyLabTest {

    @Override
    PodAttachment ofFirstNode() {
        return PodAttachment.BRIDGED;
    }
}
