// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of what policies do to packets: the programs are loaded once for a class, and each test begins without
/// policies. All run twice, because programs take shorter ways where no connection was ever translated: what a policy
/// says must not depend on it.
@ParameterizedClass(name = "connections were translated before: {0}")
@ValueSource(booleans = {false, true})
abstract class PolicyPodsFixture {

    static final int INGRESS = 3;
    static final int EGRESS = 4;

    static PolicyPods pods;

    @Parameter
    boolean translated;

    @BeforeAll
    static void load() {
        pods = PolicyPods.load();
    }

    @AfterAll
    static void close() {
        pods.close();
    }

    @BeforeEach
    void clear() {
        pods.beginWithMarks(translated ? 1 : 0);
        pods.clear();
    }

    /// A pod that is isolated both ways and of which nothing is allowed yet, and a pod elsewhere, whose identity is 9.
    static void isolate(PolicyNet net) {
        pods.set(INGRESS, true);
        pods.set(EGRESS, true);
        pods.pod(net.pod, 1, INGRESS, EGRESS);
        pods.identity(net.remotePod, 9);
    }
}
