// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.net.Protocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests of what policies do to packets: the programs are loaded once for a class, and each test begins without
/// policies. All run three times, because programs take shorter ways where no connection was ever translated, and where
/// TCP connections have places of their own: what a policy says must not depend on it.
@ParameterizedClass(name = "{0}")
@EnumSource
abstract class PolicyPodsFixture {

    static final int INGRESS = 3;
    static final int EGRESS = 4;

    static PolicyPods pods;

    @Parameter
    Before before = Before.NOTHING;

    /// What there was before a test.
    enum Before {
        NOTHING,
        TRANSLATED_CONNECTIONS,
        CONNECTIONS_AT_EACH_PLACE
    }

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
        pods.beginWithMarks(before == Before.TRANSLATED_CONNECTIONS ? 1 : 0);
        pods.beginCrowded(before == Before.CONNECTIONS_AT_EACH_PLACE);
        pods.clear();
    }

    /// A pod that is isolated both ways and of which nothing is allowed yet, and a pod elsewhere, whose identity is 9.
    static void isolate(PolicyNet net) {
        pods.set(INGRESS, true);
        pods.set(EGRESS, true);
        pods.pod(net.pod, 1, INGRESS, EGRESS);
        pods.identity(net.remotePod, 9);
    }

    /// The number of a port in the line of ports.
    static int place(Protocol protocol, int port) {
        return switch (protocol) {
                            case TCP -> 0;
                            case UDP -> 1;
                            case SCTP -> 2;
                        }
                        << 16
                | port;
    }
}
