// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.desired.Endpoints.HERE;
import static io.culvert.servicelb.desired.Endpoints.at;
import static io.culvert.servicelb.desired.TopologyCase.hinted;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A4-10 to A4-16, A4-21: node and zone hints.
class TopologyHintsTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource({"hints", "nodeHints"})
    void chooses(TopologyCase given) {
        given.check();
    }

    static Stream<TopologyCase> hints() {
        return Stream.of(
                hinted(
                        "A4_11 all hinted: this zone only",
                        "a",
                        "3 6",
                        at("10.1.2.3").zones("a"),
                        at("10.1.2.4").zones("b"),
                        at("10.1.2.5").zones("c"),
                        at("10.1.2.6").zones("a")),
                hinted("A4_13 node without labels", null, "3", at("10.1.2.3").zones("a")),
                hinted(
                        "A4_13 node with an empty zone",
                        null,
                        "3 4",
                        at("10.1.2.3").zones("a"),
                        at("10.1.2.4").zones("b")),
                hinted("A4_14 node in another zone", "b", "3", at("10.1.2.3").zones("a")),
                hinted(
                        "A4_15 an unready endpoint in the zone",
                        "a",
                        "3",
                        at("10.1.2.3").zones("a"),
                        at("10.1.2.4").zones("b"),
                        at("10.1.2.5").zones("c"),
                        at("10.1.2.6").zones("a").unready()),
                hinted(
                        "A4_15 only unready endpoints in the zone",
                        "a",
                        "4 5",
                        at("10.1.2.3").zones("a").unready(),
                        at("10.1.2.4").zones("b"),
                        at("10.1.2.5").zones("c"),
                        at("10.1.2.6").zones("a").unready()),
                hinted(
                        "A4_12 one ready endpoint without a hint",
                        "a",
                        "3 4 5 6",
                        at("10.1.2.3").zones("a"),
                        at("10.1.2.4").zones("b"),
                        at("10.1.2.5"),
                        at("10.1.2.6").zones("a")),
                hinted(
                        "A4_12 an unready endpoint without a hint does not matter",
                        "a",
                        "3",
                        at("10.1.2.3").zones("a"),
                        at("10.1.2.4").zones("b"),
                        at("10.1.2.5").unready()),
                hinted(
                        "A4_16 several zones for one endpoint",
                        "c",
                        "3 4 6",
                        at("10.1.2.3").zones("a", "b", "c"),
                        at("10.1.2.4").zones("b", "c"),
                        at("10.1.2.5").zones("b", "d"),
                        at("10.1.2.6").zones("c")),
                hinted(
                        "A4_22 ready wins over terminating",
                        "a",
                        "3 4",
                        at("10.1.2.3").readyThoughTerminating(),
                        at("10.1.2.4")));
    }

    static Stream<TopologyCase> nodeHints() {
        return Stream.of(
                hinted(
                        "A4_10 this node is hinted",
                        "a",
                        "3",
                        at("10.1.2.3").zones("a").nodes(HERE),
                        at("10.1.2.4").zones("a").nodes("other"),
                        at("10.1.2.5").zones("b").nodes("third")),
                hinted(
                        "A4_10 node hints need no zone",
                        null,
                        "3",
                        at("10.1.2.3").nodes(HERE),
                        at("10.1.2.4").nodes("other")),
                hinted(
                        "A4_12 one without a node hint: zone hints apply",
                        "a",
                        "3 4",
                        at("10.1.2.3").zones("a").nodes(HERE),
                        at("10.1.2.4").zones("a"),
                        at("10.1.2.5").zones("b").nodes("third")),
                hinted(
                        "A4_14 no endpoint for this node: same zone",
                        "a",
                        "3 4",
                        at("10.1.2.3").zones("a").nodes("other"),
                        at("10.1.2.4").zones("a").nodes("third"),
                        at("10.1.2.5").zones("b").nodes("fourth")),
                hinted(
                        "A4_14 no endpoint for this node or zone: all",
                        "z",
                        "3 4",
                        at("10.1.2.3").zones("a").nodes("other"),
                        at("10.1.2.4").zones("b").nodes("third")),
                hinted(
                        "A4_21 the endpoint for this node is not ready: same zone",
                        "a",
                        "4",
                        at("10.1.2.3").zones("a").nodes(HERE).unready(),
                        at("10.1.2.4").zones("a").nodes("other"),
                        at("10.1.2.5").zones("b").nodes("third")));
    }
}
