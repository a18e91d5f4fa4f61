// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.desired.Endpoints.HERE;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.TrafficPolicy;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The sub-cases of upstream's topology test, by what they prove: which endpoints a Service may use from this node.
///
/// Sets are written as the last numbers of the addresses; `-` means that the set is not asked for.
class TopologyTest {

    private static final TrafficPolicy CLUSTER = TrafficPolicy.CLUSTER;
    private static final TrafficPolicy LOCAL = TrafficPolicy.LOCAL;

    /// @param external whether the Service has a node port
    /// @param elsewhere whether an empty local set means that other nodes have usable endpoints
    record Case(
            String name,
            @Nullable String zone,
            TrafficPolicy internalPolicy,
            TrafficPolicy externalPolicy,
            boolean external,
            List<Endpoints> endpoints,
            String cluster,
            String local,
            boolean elsewhere) {

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"hints", "nodeHints", "localPolicies", "terminating"})
    void categorises(Case given) {
        TrafficSets asked = TrafficSets.of(given.internalPolicy, given.externalPolicy, given.external);

        EndpointSets sets = EndpointSets.of(
                given.endpoints.stream().map(Endpoints::onPort80).toList(), asked, new NodeContext(HERE, given.zone));

        assertThat(asked.cluster() ? numbers(sets.clusterSet()) : "-").isEqualTo(given.cluster);
        assertThat(asked.local() ? numbers(sets.localSet()) : "-").isEqualTo(given.local);
        assertThat(sets.endpointsElsewhere()).isEqualTo(given.elsewhere);
        assertThat(Set.copyOf(sets.backends())).hasSameSizeAs(sets.backends());
    }

    private static String numbers(List<PortEndpoint> endpoints) {
        return endpoints.stream()
                .map(endpoint -> endpoint.address().toString().replaceAll(".*\\.", ""))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static Case hinted(String name, @Nullable String zone, String cluster, Endpoints... endpoints) {
        return new Case(name, zone, CLUSTER, CLUSTER, false, List.of(endpoints), cluster, "-", false);
    }

    static Stream<Case> hints() {
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
                        "3",
                        at("10.1.2.3").zones("a")));
    }

    static Stream<Case> nodeHints() {
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

    private static Case policies(
            String name,
            TrafficPolicy internal,
            TrafficPolicy external,
            boolean reachable,
            String cluster,
            String local,
            boolean elsewhere,
            Endpoints... endpoints) {
        return new Case(name, "a", internal, external, reachable, List.of(endpoints), cluster, local, elsewhere);
    }

    static Stream<Case> localPolicies() {
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

    static Stream<Case> terminating() {
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
