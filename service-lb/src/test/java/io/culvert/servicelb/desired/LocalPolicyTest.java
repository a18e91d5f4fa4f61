// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.desired.Endpoints.at;
import static io.culvert.servicelb.desired.TopologyCase.policies;

import io.culvert.cluster.TrafficPolicy;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A4-04 to A4-09, A4-17, A4-23: internal and external traffic policy Local.
class LocalPolicyTest {

    private static final TrafficPolicy CLUSTER = TrafficPolicy.CLUSTER;
    private static final TrafficPolicy LOCAL = TrafficPolicy.LOCAL;

    @ParameterizedTest(name = "{0}")
    @MethodSource("localPolicies")
    void chooses(TopologyCase given) {
        given.check();
    }

    static Stream<TopologyCase> localPolicies() {
        Endpoints[] hinted = {
            at("10.1.2.3").zones("a").local(), at("10.1.2.4").zones("b").local(),
            at("10.1.2.5").zones("c"), at("10.1.2.6").zones("a")
        };
        Endpoints[] allRemote = {at("10.0.0.0"), at("10.0.0.1")};
        Endpoints[] allLocal = {at("10.0.0.0").local(), at("10.0.0.1").local()};
        Endpoints[] someLocal = {at("10.0.0.0").local(), at("10.0.0.1")};
        return Stream.of(
                policies("A4_17 eTP Local ignores hints", CLUSTER, LOCAL, true, "3 6", "3 4", false, hinted),
                policies("A4_17 iTP Local ignores hints", LOCAL, CLUSTER, true, "3 6", "3 4", false, hinted),
                policies(
                        "A4_23 hints and locality conflict",
                        CLUSTER,
                        LOCAL,
                        true,
                        "0 2",
                        "0 1",
                        false,
                        at("10.0.0.0").zones("a").local(),
                        at("10.0.0.1").zones("b").local(),
                        at("10.0.0.2").zones("a"),
                        at("10.0.0.3").zones("b")),
                policies("A4_06 iTP Local, no endpoints", LOCAL, CLUSTER, false, "-", "", false),
                policies("A4_06 iTP Local, all remote", LOCAL, CLUSTER, false, "-", "", true, allRemote),
                policies("A4_04 iTP Local, all local", LOCAL, CLUSTER, false, "-", "0 1", false, allLocal),
                policies("A4_04 iTP Local, some local", LOCAL, CLUSTER, false, "-", "0", false, someLocal),
                policies(
                        "A4_07 no cluster set for an internal Service with iTP Local",
                        LOCAL,
                        CLUSTER,
                        false,
                        "-",
                        "1",
                        false,
                        at("10.0.0.0"),
                        at("10.0.0.1").local()),
                policies("A4_09 iTP Local, eTP Cluster", LOCAL, CLUSTER, true, "0 1", "0", false, someLocal),
                policies("A4_08 iTP Cluster, eTP Local", CLUSTER, LOCAL, true, "0 1", "0", false, someLocal),
                policies("A4_08 both Local", LOCAL, LOCAL, true, "0 1", "0", false, someLocal),
                policies("A4_06 both Local, all remote", LOCAL, LOCAL, true, "0 1", "", true, allRemote),
                policies(
                        "A2_18 eTP Local without anything external",
                        CLUSTER,
                        LOCAL,
                        false,
                        "0 1",
                        "-",
                        false,
                        someLocal));
    }
}
