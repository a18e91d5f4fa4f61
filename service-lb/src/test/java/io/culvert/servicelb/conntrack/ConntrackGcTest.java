// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import static io.culvert.maps.FlowFlag.ANSWERED;
import static io.culvert.maps.FlowFlag.CLIENT_CLOSED;
import static io.culvert.maps.FlowFlag.RESET;
import static io.culvert.maps.FlowFlag.SERVER_CLOSED;
import static io.culvert.maps.FlowFlag.SYN;
import static io.culvert.maps.FlowFlag.TOLD;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConntrackGcTest {

    private final InMemoryFlows flows = new InMemoryFlows();
    private final Set<Integer> withdrawn = new HashSet<>();
    private final StaleFlows stale = new StaleFlows(id -> !withdrawn.contains(id), () -> flows.now);
    private final List<EndedConnection> ended = new ArrayList<>();
    private final ConntrackGc gc =
            new ConntrackGc(flows, FlowReap.NONE, FlowLifetimes.DEFAULT, stale, ended::add, () -> flows.now, 100);

    static Stream<Arguments> timeouts() {
        return Stream.of(
                Arguments.of("TCP that nobody answered", Protocol.TCP, 60, new FlowFlag[] {SYN}),
                Arguments.of("A13_18 open TCP", Protocol.TCP, 86_400, new FlowFlag[] {SYN, ANSWERED}),
                Arguments.of("half-closed TCP", Protocol.TCP, 86_400, new FlowFlag[] {SYN, ANSWERED, CLIENT_CLOSED}),
                Arguments.of(
                        "closed TCP", Protocol.TCP, 10, new FlowFlag[] {SYN, ANSWERED, CLIENT_CLOSED, SERVER_CLOSED}),
                Arguments.of("reset TCP", Protocol.TCP, 10, new FlowFlag[] {SYN, RESET}),
                Arguments.of("UDP that nobody answered", Protocol.UDP, 60, new FlowFlag[] {}),
                Arguments.of("answered UDP", Protocol.UDP, 120, new FlowFlag[] {ANSWERED}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("timeouts")
    void entriesLiveAsLongAsTheDatapathSays(String name, Protocol protocol, int seconds, FlowFlag[] flags) {
        Duration timeout = Duration.ofSeconds(seconds);
        flows.connection(protocol, 40_000, timeout, timeout, flags);
        assertThat(gc.run().removed()).as(name + " at its timeout").isZero();

        flows.now++;
        assertThat(gc.run()).as(name + " past it").satisfies(pass -> {
            assertThat(pass.entries()).isEqualTo(2);
            assertThat(pass.removed()).isEqualTo(2);
        });
        assertThat(flows.entries).isEmpty();
        assertThat(gc.removed()).isEqualTo(2);
    }

    @Test
    void whatNoProgramToldTheEndOfIsToldOnceWithItsTotals() {
        Duration old = Duration.ofSeconds(1_000);
        flows.connection(Protocol.UDP, 40_000, old, old, ANSWERED);
        flows.masqueraded(Protocol.UDP, 40_001, old, old, old);
        flows.connection(Protocol.TCP, 40_002, old, old, SYN, RESET, TOLD);
        flows.connection(Protocol.UDP, 40_003, Duration.ZERO, old, ANSWERED);

        gc.run();
        gc.run();

        assertThat(ended).extracting(end -> end.flow().client().port()).containsExactlyInAnyOrder(40_000, 40_001);
        assertThat(ended).allSatisfy(end -> {
            assertThat(end.clientBytes()).isEqualTo(500);
            assertThat(end.clientPackets()).isEqualTo(5);
            assertThat(end.backendBytes()).isEqualTo(4000);
            assertThat(end.backendPackets()).isEqualTo(4);
            assertThat(end.nanos()).isEqualTo(Duration.ofDays(1).minus(old).toNanos());
        });
    }

    @Test
    void oneSilentSideLivesByTheOther() {
        flows.connection(Protocol.UDP, 40_000, Duration.ofSeconds(1_000), Duration.ofSeconds(1), ANSWERED);
        assertThat(gc.run().removed()).isZero();
        flows.entries.clear();
        flows.connection(Protocol.UDP, 40_000, Duration.ofSeconds(1), Duration.ofSeconds(1_000), ANSWERED);
        assertThat(gc.run().removed()).isZero();
    }

    @Test
    void aMasqueradedConnectionLivesByAnyOfItsThreeEntriesAndGoesWhole() {
        Duration old = Duration.ofSeconds(1_000);
        flows.masqueraded(Protocol.UDP, 40_000, Duration.ZERO, old, old);
        flows.masqueraded(Protocol.UDP, 40_001, old, Duration.ZERO, old);
        flows.masqueraded(Protocol.UDP, 40_002, old, old, Duration.ZERO);
        assertThat(gc.run().removed()).isZero();

        flows.masqueraded(Protocol.UDP, 40_001, old, old, old);
        assertThat(gc.run().removed()).isEqualTo(3);
        assertThat(flows.entries.values())
                .hasSize(6)
                .noneMatch(flow -> flow.client().port() == 40_001);
    }

    @Test
    void whatEachSideShowedCountsForBoth() {
        flows.entry(Protocol.TCP, FlowRole.FORWARD, 40_000, Duration.ofSeconds(11), SYN, ANSWERED, CLIENT_CLOSED);
        flows.entry(Protocol.TCP, FlowRole.REPLY, 40_000, Duration.ofSeconds(11), ANSWERED, SERVER_CLOSED);
        flows.entry(Protocol.TCP, FlowRole.FORWARD, 40_001, Duration.ofSeconds(61), SYN);
        flows.entry(Protocol.TCP, FlowRole.REPLY, 40_001, Duration.ofSeconds(61), ANSWERED);

        assertThat(gc.run().removed()).as("the closed one only").isEqualTo(2);
        assertThat(flows.entries.values()).allMatch(flow -> flow.client().port() == 40_001);
    }

    @Test
    void anEntryWithoutPartnerGoesAlone() {
        flows.entry(Protocol.TCP, FlowRole.REPLY, 40_000, Duration.ofSeconds(61));

        assertThat(gc.run().removed()).isEqualTo(1);
    }

    @Test
    void aFlowThatComesToLifeStays() {
        flows.connection(Protocol.UDP, 40_000, Duration.ofSeconds(61), Duration.ofSeconds(61));
        flows.afterPass = () -> flows.connection(Protocol.UDP, 40_000, Duration.ZERO, Duration.ZERO);

        assertThat(gc.run().removed()).isZero();
        assertThat(flows.entries).hasSize(2);
    }

    @Test
    void onePassIsBoundedAndTheNextGoesOn() {
        for (int port = 1; port <= 120; port++) {
            flows.connection(Protocol.UDP, port, Duration.ofSeconds(61), Duration.ofSeconds(61));
        }
        GcPass first = gc.run();
        assertThat(first.more()).isTrue();
        assertThat(first.removed()).isBetween(100, 200);

        while (gc.last().more()) {
            gc.run();
        }
        gc.run();
        assertThat(flows.entries).isEmpty();
    }

    @Test
    void howeverMuchHasExpiredNothingOfItWaits() {
        for (int port = 1; port <= 520; port++) {
            flows.connection(Protocol.UDP, port, Duration.ofSeconds(61), Duration.ofSeconds(61));
        }
        List<GcPass> passes = new ArrayList<>();

        gc.runAll(passes::add);

        assertThat(flows.entries).isEmpty();
        assertThat(passes).hasSizeGreaterThan(5);
        assertThat(passes.stream().mapToInt(GcPass::removed).sum()).isEqualTo(1_040);
        assertThat(gc.last()).isEqualTo(passes.getLast());
    }

    /// Entries that look idle and are not are no reason to look again at once.
    @Test
    void passesEndWhereNothingCanGo() {
        for (int port = 1; port <= 200; port++) {
            flows.connection(Protocol.UDP, port, Duration.ofSeconds(1_000), Duration.ofSeconds(1), ANSWERED);
        }
        List<GcPass> passes = new ArrayList<>();

        gc.runAll(passes::add);

        assertThat(passes).hasSize(1);
        assertThat(flows.entries).hasSize(400);
    }

    @Test
    void idleEntriesThatMustStayDoNotHideTheExpiredOnes() {
        for (int port = 1; port <= 200; port++) {
            flows.entry(Protocol.TCP, FlowRole.FORWARD, port, Duration.ofSeconds(60), SYN, ANSWERED, CLIENT_CLOSED);
        }
        for (int port = 1; port <= 50; port++) {
            flows.connection(Protocol.UDP, port, Duration.ofSeconds(61), Duration.ofSeconds(61));
        }
        gc.run();
        while (gc.last().more()) {
            gc.run();
        }
        gc.run();
        while (gc.last().more()) {
            gc.run();
        }

        assertThat(flows.entries.values()).hasSize(200).allMatch(flow -> flow.protocol() == Protocol.TCP);
    }

    @Test
    void A13_08_A13_20_udpToABackendThatIsWithdrawnGoesWithTheNextPassAndTcpStays() {
        flows.connection(Protocol.UDP, 40_000, Duration.ZERO, Duration.ZERO, ANSWERED);
        flows.connection(Protocol.TCP, 40_001, Duration.ZERO, Duration.ZERO, SYN, ANSWERED);
        assertThat(gc.run().removed()).isZero();
        withdrawn.add(7);

        assertThat(gc.run().removed()).isEqualTo(2);
        assertThat(flows.entries.values()).hasSize(2).allMatch(flow -> flow.protocol() == Protocol.TCP);
    }

    @Test
    void A13_20_flowsOfAPodThatIsGoneGoWithTheNextPass() {
        IpAddress client = IpAddress.of("10.1.0.2");
        IpAddress backend = IpAddress.of("10.1.0.3");
        for (IpAddress gone : List.of(client, backend)) {
            stale.pods(Map.of(client, "default/a 1", backend, "default/b 2"));
            flows.connection(Protocol.TCP, 40_001, Duration.ZERO, Duration.ZERO, SYN, ANSWERED);
            assertThat(gc.run().removed()).as("both are there").isZero();

            stale.pods(gone.equals(client) ? Map.of(backend, "default/b 2") : Map.of(client, "default/a 1"));

            assertThat(gc.run().removed()).as(gone.toString()).isEqualTo(2);
        }
        flows.connection(Protocol.TCP, 40_001, Duration.ZERO, Duration.ZERO, SYN, ANSWERED);
        assertThat(gc.run().removed()).as("looked for once").isZero();
    }

    @Test
    void A13_20_aPodThatTakesOverAnAddressKeepsWhatItBegan() {
        IpAddress client = IpAddress.of("10.1.0.2");
        stale.pods(Map.of(client, "default/a 1"));
        flows.now += StaleFlows.GRACE.toNanos();
        flows.connection(Protocol.TCP, 40_001, Duration.ZERO, Duration.ZERO, SYN, ANSWERED);
        flows.began(40_001, Duration.ofSeconds(9));
        flows.connection(Protocol.TCP, 40_002, Duration.ZERO, Duration.ZERO, SYN, ANSWERED);
        flows.began(40_002, Duration.ofSeconds(11));

        stale.pods(Map.of(client, "default/a 2"));

        assertThat(gc.run().removed()).isEqualTo(2);
        assertThat(flows.entries.values()).allMatch(flow -> flow.client().port() == 40_001);
    }
}
