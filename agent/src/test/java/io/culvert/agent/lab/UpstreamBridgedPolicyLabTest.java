// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.PodAttachment;

/// The same tests with the nodes changed: what they protect is on a bridge.
@LabTest
class UpstreamBridgedPolicyLabTest extends UpstreamPolicyLabTest {

    @Override
    PodAttachment ofMostPods() {
        return PodAttachment.BRIDGED;
    }
}
