// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// Tests of what policies do to packets: the programs are loaded once for a class, and each test begins without
/// policies.
abstract class PolicyPodsFixture {

    static final int INGRESS = 3;
    static final int EGRESS = 4;

    static PolicyPods pods;

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
