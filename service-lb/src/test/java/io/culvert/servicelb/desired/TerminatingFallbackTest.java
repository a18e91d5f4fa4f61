// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.desired.Endpoints.at;
import static io.culvert.servicelb.desired.TopologyCase.policies;

import io.culvert.cluster.TrafficPolicy;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A4-01 to A4-06: what stands in where nothing is ready.
class TerminatingFallbackTest {

    private static final TrafficPolicy CLUSTER = TrafficPolicy.CLUSTER;
    private static final TrafficPolicy LOCAL = TrafficPolicy.LOCAL;

    @ParameterizedTest(name = "{0}")
    @MethodSource("terminating")
    void chooses(TopologyCase given) {
        given.check();
    }

    static Stream<TopologyCase> terminating() {
        return Stream.of(
                policies(
                        "A4_01 Cluster, none ready",
                        CLUSTER,
                        CLUSTER,
                        false,
                        "",
                        "-",
                        false,
                        at("10.0.0.0").unready(),
                        at("10.0.0.1").unready()),
                policies(
                        "A4_01 Cluster, some ready",
                        CLUSTER,
                        CLUSTER,
                        false,
                        "1",
                        "-",
                        false,
                        at("10.0.0.0").unready(),
                        at("10.0.0.1")),
                policies(
                        "A4_02 Cluster, all terminating",
                        CLUSTER,
                        CLUSTER,
                        false,
                        "0 1",
                        "-",
                        false,
                        at("10.0.0.0").terminating().local(),
                        at("10.0.0.1").terminating()),
                policies(
                        "A4_02 hints do not narrow the fallback",
                        CLUSTER,
                        CLUSTER,
                        false,
                        "0 1",
                        "-",
                        false,
                        at("10.0.0.0").terminating().zones("a"),
                        at("10.0.0.1").terminating().zones("b")),
                policies(
                        "A4_03 some ready: terminating are out",
                        CLUSTER,
                        CLUSTER,
                        false,
                        "0",
                        "-",
                        false,
                        at("10.0.0.0"),
                        at("10.0.0.1").terminating()),
                policies(
                        "A4_06 both Local, all remote and terminating",
                        LOCAL,
                        LOCAL,
                        true,
                        "0 1",
                        "",
                        true,
                        at("10.0.0.0").terminating(),
                        at("10.0.0.1").terminating()),
                policies(
                        "A4_05 eTP Local falls back although others are ready",
                        CLUSTER,
                        LOCAL,
                        true,
                        "0",
                        "2",
                        false,
                        at("10.0.0.0"),
                        at("10.0.0.1").terminated().local(),
                        at("10.0.0.2").terminating().local(),
                        at("10.0.0.3").terminating()),
                policies(
                        "A4_05 iTP Local falls back although others are ready",
                        LOCAL,
                        CLUSTER,
                        false,
                        "-",
                        "2",
                        false,
                        at("10.0.0.0"),
                        at("10.0.0.1").terminated().local(),
                        at("10.0.0.2").terminating().local()),
                policies(
                        "A4_04 a ready local one: no local fallback",
                        LOCAL,
                        CLUSTER,
                        false,
                        "-",
                        "1",
                        false,
                        at("10.0.0.1").local(),
                        at("10.0.0.2").terminating().local()),
                policies(
                        "A3_12 terminated endpoints are never used",
                        CLUSTER,
                        LOCAL,
                        true,
                        "",
                        "",
                        false,
                        at("10.0.0.0").terminated().local(),
                        at("10.0.0.1").terminated()),
                policies(
                        "A4_06 an unready local one, ready elsewhere",
                        LOCAL,
                        CLUSTER,
                        false,
                        "-",
                        "",
                        true,
                        at("10.0.0.0").unready().local(),
                        at("10.0.0.1")),
                policies("no endpoints", CLUSTER, CLUSTER, false, "", "-", false),
                policies(
                        "one that is not ready",
                        CLUSTER,
                        CLUSTER,
                        false,
                        "",
                        "-",
                        false,
                        at("10.0.0.0").unready()));
    }
}
