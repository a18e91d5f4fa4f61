// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import static io.culvert.maps.FlowFlag.ANSWERED;
import static io.culvert.maps.FlowFlag.CLIENT_CLOSED;
import static io.culvert.maps.FlowFlag.COUNTED;
import static io.culvert.maps.FlowFlag.DSR;
import static io.culvert.maps.FlowFlag.MASQUERADED;
import static io.culvert.maps.FlowFlag.RELEASED;
import static io.culvert.maps.FlowFlag.RESET;
import static io.culvert.maps.FlowFlag.SERVER_CLOSED;
import static io.culvert.maps.FlowFlag.SYN;
import static io.culvert.maps.FlowFlag.TOLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoad;
import io.culvert.maps.BackendLoad.Count;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PublishedBackend;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.DatapathSettings;
import io.culvert.maps.datapath.FlowReaper.Reaped;
import io.culvert.maps.datapath.FlowTimeouts;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.PinnedDatapath;
import io.culvert.testkit.KernelTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the kernel removes from the flow table by itself, against what is removed entry by entry.
@KernelTest
class FlowReapKernelTest {

    private static final int CONNECTIONS = 4_000;
    private static final int FIRST_PORT = 10_000;

    /// Of [InMemoryFlows].
    private static final int BACKEND = 7;

    private static final Duration OLD = Duration.ofSeconds(1_000);

    /// On either side of each lifetime.
    private static final int[] IDLE = {0, 9, 11, 59, 61, 119, 121, 86_399, 86_401};

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath();

    private final InMemoryFlows memory = new InMemoryFlows();
    private final List<EndedConnection> ended = new ArrayList<>();
    private final DatapathFlows kernel = DatapathFlows.of(pinned.datapath().maps());

    private static StaleFlows stale(boolean published) {
        return new StaleFlows(id -> published && id == BACKEND);
    }

    private ConntrackGc gc(FlowEntries flows, FlowReap reap, StaleFlows stale, ConnectionEnds ends) {
        return new ConntrackGc(flows, reap, FlowLifetimes.DEFAULT, stale, ends, () -> memory.now, ConntrackGc.BOUND);
    }

    private void publish() {
        pinned.datapath().maps().backends().set(BackendIds.index(BACKEND), new PublishedBackend(BACKEND));
    }

    private void fill() {
        pinned.datapath().maps().flows().putAll(memory.entries);
    }

    private Map<FlowKey, Flow> present() {
        Map<FlowKey, Flow> present = new HashMap<>();
        kernel.forEach(present::put);
        return present;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSameGoesAsWhereEachEntryIsLookedAt(boolean published) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        new RandomFlows(new Random(seed)).connections(CONNECTIONS);
        fill();
        if (published) {
            publish();
        }
        assertThat(present()).isEqualTo(memory.entries);
        List<EndedConnection> expected = new ArrayList<>();
        int entries = memory.entries.size();

        gc(memory, FlowReap.NONE, stale(published), expected::add).runAll(_ -> {});
        ConntrackGc gc = gc(kernel, pinned.datapath().reaper()::run, stale(published), ended::add);
        GcPass pass = gc.run();
        // A pass may miss the third entry of a bucket of which it removed the first.
        while (gc.run().removed() > 0) {}

        assertThat(present()).as("seed %d", seed).isEqualTo(memory.entries);
        assertThat(ended).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
        // Those are counted twice of which only a later entry shows that their connection ended: programs tell it to
        // all.
        assertThat(pass.entries()).isCloseTo(entries, withinPercentage(2));
        assertThat(gc.removed()).isEqualTo(entries - memory.entries.size());
        assertThat(pass.more()).isFalse();
    }

    @Test
    void whatWasToldIsRemovedInTheKernelAndTheOthersAreShown() {
        publish();
        for (int port = 0; port < CONNECTIONS; port++) {
            memory.connection(Protocol.TCP, FIRST_PORT + port, OLD, OLD, SYN, ANSWERED, RESET, TOLD);
        }
        memory.connection(Protocol.TCP, 9_000, OLD, OLD, SYN, ANSWERED, RESET);
        memory.connection(Protocol.TCP, 9_001, Duration.ZERO, OLD, SYN, ANSWERED);
        fill();
        List<Flow> shown = new ArrayList<>();

        Reaped reaped = pinned.datapath()
                .reaper()
                .run(memory.now, false, (_, flow) -> shown.add(flow))
                .orElseThrow();

        assertThat(reaped.removed()).isEqualTo(2 * CONNECTIONS);
        assertThat(shown).extracting(flow -> flow.client().port()).containsExactly(9_000, 9_000);
        assertThat(present().values())
                .extracting(flow -> flow.client().port())
                .containsExactlyInAnyOrder(9_000, 9_000, 9_001, 9_001);
    }

    /// But for those that a program took out of the count when they ended.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheKernelRemovesIsTakenOutOfTheCountOfItsBackend(boolean told) {
        publish();
        MappedArray<BackendLoad> loads = pinned.datapath().maps().backendLoads();
        int index = BackendIds.index(BACKEND);
        loads.set(index, new BackendLoad(new Count(BACKEND, 30), new Count(BACKEND, 3)));
        FlowFlag[] counted = told ? new FlowFlag[] {COUNTED, TOLD} : new FlowFlag[] {COUNTED};
        for (int port = FIRST_PORT; port < FIRST_PORT + 10; port++) {
            memory.connection(Protocol.TCP, port, OLD, OLD, counted);
            memory.connection(Protocol.TCP, port + 100, OLD, OLD, COUNTED, RELEASED, TOLD);
            memory.connection(Protocol.TCP, port + 200, Duration.ZERO, OLD, counted);
        }
        fill();

        Reaped reaped = pinned.datapath()
                .reaper()
                .run(memory.now, !told, (_, flow) -> fail("shown: " + flow))
                .orElseThrow();

        assertThat(reaped.removed()).isEqualTo(2 * 20);
        assertThat(loads.get(index).flows().open()).isEqualTo(20);
        assertThat(loads.get(index).sockets().open()).isEqualTo(3);
    }

    @Test
    void nothingIsShownThatNobodyWantsToHearOf() {
        publish();
        for (int port = 0; port < CONNECTIONS; port++) {
            memory.masqueraded(Protocol.UDP, FIRST_PORT + port, OLD, OLD, OLD);
        }
        memory.masqueraded(Protocol.UDP, 9_000, OLD, OLD, Duration.ZERO);
        fill();
        ConnectionEnds nobody = new ConnectionEnds() {
            @Override
            public void tell(EndedConnection connection) {
                ended.add(connection);
            }

            @Override
            public boolean areHeard() {
                return false;
            }
        };

        GcPass pass =
                gc(kernel, pinned.datapath().reaper()::run, stale(true), nobody).run();

        assertThat(pass.removed()).isEqualTo(3 * CONNECTIONS);
        assertThat(pass.more()).isFalse();
        assertThat(ended).isEmpty();
        assertThat(present()).hasSize(3);
    }

    @Test
    void whatOnePassMayNotShowIsLeftToTheNext() {
        publish();
        int connections = ConntrackGc.BOUND / 2 + 100;
        for (int port = 0; port < connections; port++) {
            memory.connection(Protocol.UDP, FIRST_PORT + port, OLD, OLD);
        }
        fill();
        ConntrackGc gc = gc(kernel, pinned.datapath().reaper()::run, stale(true), ended::add);

        GcPass first = gc.run();
        assertThat(first.more()).isTrue();
        assertThat(first.entries()).isEqualTo(2 * connections);
        assertThat(gc.run().more()).isFalse();

        assertThat(present()).isEmpty();
        assertThat(ended).hasSize(connections);
    }

    @Test
    void connectionsOfPodsThatWentGoThoughNoProgramKnowsOfThem() {
        publish();
        IpAddress pod = IpAddress.of("10.1.0.2");
        memory.connection(Protocol.TCP, FIRST_PORT, Duration.ZERO, Duration.ZERO, SYN, ANSWERED);
        fill();
        StaleFlows stale = new StaleFlows(id -> id == BACKEND, () -> memory.now);
        stale.pods(Map.of(pod, "default/client"));
        ConntrackGc gc = gc(kernel, pinned.datapath().reaper()::run, stale, ended::add);
        assertThat(gc.run().removed()).isZero();

        stale.pods(Map.of());
        assertThat(gc.run().removed()).isEqualTo(2);
        assertThat(ended).hasSize(1);
    }

    @Test
    void anotherLifetimeHoldsFromTheNextPassOn() {
        publish();
        memory.connection(Protocol.UDP, FIRST_PORT, Duration.ofSeconds(30), Duration.ofSeconds(30));
        fill();
        assertThat(removedSilently()).isZero();

        DatapathSettings old = DatapathSettings.DEFAULT;
        Duration udp = Duration.ofSeconds(20);
        FlowTimeouts shorter = new FlowTimeouts(udp, udp, udp, udp, udp);
        pinned.datapath()
                .configure(new DatapathSettings(
                        old.nodeIpv4(),
                        old.nodeIpv6(),
                        old.sourcePorts(),
                        old.nodePorts(),
                        shorter,
                        old.rejectRate(),
                        old.tcpPeerName(),
                        old.masqueradeAll(),
                        old.detectsPods(),
                        old.localhostNodePorts(),
                        old.dsrGeneve(),
                        old.hostNetns()));

        assertThat(removedSilently()).isEqualTo(2);
    }

    @Test
    void backendsThatArePublishedInALargerMapAreKnown() {
        memory.connection(Protocol.UDP, FIRST_PORT, Duration.ZERO, Duration.ZERO);
        fill();
        assertThat(shown()).hasSize(2);

        pinned.datapath().ensure(Map.of(Tables.BACKENDS.name(), 1 << 17));
        publish();

        assertThat(shown()).isEmpty();
    }

    private int removedSilently() {
        return pinned.datapath()
                .reaper()
                .run(memory.now, true, (_, _) -> {})
                .orElseThrow()
                .removed();
    }

    private List<Flow> shown() {
        List<Flow> shown = new ArrayList<>();
        assertThat(pinned.datapath().reaper().run(memory.now, false, (_, flow) -> shown.add(flow)))
                .isPresent();
        return shown;
    }

    /// A pass of the kernel has no order that one through each entry could go on with.
    @Test
    void connectionsOfAPodThatWentAreFoundAfterAPassThatLeftSome() {
        publish();
        int others = ConntrackGc.BOUND / 2 + 100;
        for (int port = 0; port < others; port++) {
            memory.connection(Protocol.UDP, FIRST_PORT + port, OLD, OLD);
        }
        fill();
        StaleFlows stale = new StaleFlows(id -> id == BACKEND, () -> memory.now);
        IpAddress pod = IpAddress.of("10.1.0.2");
        stale.pods(Map.of(pod, "default/client"));
        // Whatever the kernel shows has come to life when it is looked at.
        FlowReap reap = (now, silent, consumer) -> {
            var reaped = pinned.datapath().reaper().run(now, silent, consumer);
            memory.entries.clear();
            memory.connection(Protocol.TCP, 9_000, Duration.ZERO, Duration.ZERO, SYN, ANSWERED);
            for (int port = 0; port < others; port++) {
                memory.connection(Protocol.UDP, FIRST_PORT + port, Duration.ZERO, Duration.ZERO);
            }
            fill();
            return reaped;
        };
        ConntrackGc gc = gc(kernel, reap, stale, ended::add);
        GcPass first = gc.run();
        assertThat(first.more()).isTrue();
        assertThat(first.removed()).isZero();

        stale.pods(Map.of());
        gc.runAll(_ -> {});

        assertThat(present()).isEmpty();
    }

    @Test
    void aNodeWhoseKernelRefusesTheProgramLooksAtEachEntry() {
        publish();
        memory.connection(Protocol.UDP, FIRST_PORT, OLD, OLD);
        fill();

        GcPass pass = gc(kernel, FlowReap.NONE, stale(true), ended::add).run();

        assertThat(pass.removed()).isEqualTo(2);
        assertThat(present()).isEmpty();
    }

    /// Connections of all kinds in all states, some of which lack entries.
    private final class RandomFlows {

        private final Random random;

        RandomFlows(Random random) {
            this.random = random;
        }

        void connections(int count) {
            for (int port = FIRST_PORT; port < FIRST_PORT + count; port++) {
                connection(port);
            }
        }

        private void connection(int port) {
            Protocol protocol =
                    List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP).get(random.nextInt(3));
            Set<FlowFlag> common = EnumSet.noneOf(FlowFlag.class);
            List<FlowRole> roles = new ArrayList<>(List.of(FlowRole.FORWARD));
            switch (random.nextInt(5)) {
                case 0 -> common.add(DSR);
                case 1 -> {
                    common.add(MASQUERADED);
                    roles.addAll(List.of(FlowRole.REPLY, FlowRole.MASQUERADE));
                }
                default -> roles.add(FlowRole.REPLY);
            }
            for (FlowRole role : roles) {
                if (random.nextInt(20) != 0) {
                    Set<FlowFlag> flags = EnumSet.copyOf(shown(protocol));
                    flags.addAll(common);
                    Duration idle = Duration.ofSeconds(IDLE[random.nextInt(IDLE.length)]);
                    memory.entry(protocol, role, port, idle, flags.toArray(FlowFlag[]::new));
                }
            }
        }

        /// Datagrams neither begin nor end.
        private Set<FlowFlag> shown(Protocol protocol) {
            Set<FlowFlag> flags = EnumSet.noneOf(FlowFlag.class);
            List<FlowFlag> possible = protocol == Protocol.UDP
                    ? List.of(ANSWERED, TOLD)
                    : List.of(SYN, ANSWERED, CLIENT_CLOSED, SERVER_CLOSED, RESET, TOLD);
            possible.stream().filter(_ -> random.nextInt(3) == 0).forEach(flags::add);
            return flags;
        }
    }
}
