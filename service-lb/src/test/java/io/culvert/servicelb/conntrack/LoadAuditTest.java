// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.ArrayMemory;
import io.culvert.maps.BackendLoad;
import io.culvert.maps.BackendLoad.Count;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.maps.RawFlow;
import io.culvert.maps.datapath.CountedSockets.CountedSocket;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Counts against a flow table, in memory.
final class LoadAuditTest {

    private static final int ID = 7;

    private final ArrayMemory memory = new ArrayMemory(
            "backend_loads", Arena.ofAuto().allocate(16 * BackendLoad.CODEC.size(), 8), BackendLoad.CODEC.size(), 16);
    private final BackendLoads loads = new BackendLoads(() -> memory);
    private final List<Flow> table = new ArrayList<>();
    private long opened;
    private Runnable meanwhile = () -> {};
    private Runnable betweenLooks = () -> {};

    private final FlowEntries flows = new FlowEntries() {
        @Override
        public Optional<Flow> get(FlowKey key) {
            return Optional.empty();
        }

        @Override
        public boolean remove(FlowKey key) {
            return true;
        }

        @Override
        public int removeIdle(Collection<Flow> entries) {
            return entries.size();
        }

        @Override
        public void forEach(Predicate<RawFlow> wanted, BiConsumer<FlowKey, Flow> consumer) {
            table.forEach(flow -> consumer.accept(flow.key(), flow));
            meanwhile.run();
        }
    };

    /// What two looks at sockets find, one after the other.
    private final Deque<Set<CountedSocket>> looks = new ArrayDeque<>();

    private final LoadAudit audit = new LoadAudit(flows, loads, () -> Set.of(ID), () -> opened, () -> {
        betweenLooks.run();
        return Optional.of(looks.isEmpty() ? Set.of() : looks.remove());
    });

    private void counted(int open) {
        write(new BackendLoad(new Count(ID, open), new Count(0, 0)));
    }

    private void countedSockets(int open) {
        write(new BackendLoad(new Count(0, 0), new Count(ID, open)));
    }

    private void write(BackendLoad load) {
        BackendLoad.CODEC.write(memory.view().memory(), memory.view().offset(ID), load);
    }

    private static Set<CountedSocket> sockets(long... sockets) {
        return LongStream.of(sockets)
                .mapToObj(socket -> new CountedSocket(socket, ID))
                .collect(Collectors.toSet());
    }

    @Test
    void socketsThatAreNotCountedRightAreFoundAndCorrected() {
        for (int wrong : new int[] {0, 1, 5}) {
            countedSockets(wrong);
            looks.addAll(List.of(sockets(1, 2, 3), sockets(1, 2, 3)));
            assertThat(audit.audit(false))
                    .singleElement()
                    .hasToString("backend_loads, 7/0: expected 3 sockets, found " + wrong + " sockets");
            assertThat(loads.sockets(ID)).isEqualTo(wrong);
            looks.addAll(List.of(sockets(1, 2, 3), sockets(1, 2, 3)));
            assertThat(audit.audit(true)).hasSize(1);
            assertThat(loads.sockets(ID)).isEqualTo(3);
            looks.add(sockets(1, 2, 3));
            assertThat(audit.audit(true)).isEmpty();
        }
    }

    @Test
    void socketsThatComeAndGoMeanwhileAreNoDifference() {
        countedSockets(2);
        looks.addAll(List.of(sockets(1, 2, 3), sockets(2, 3, 4)));
        assertThat(audit.audit(true)).as("one for another").isEmpty();
        looks.addAll(List.of(sockets(1, 2, 3), sockets(1, 2, 3)));
        betweenLooks = () -> loads.addSockets(ID, 1);
        assertThat(audit.audit(true)).as("the count moved").isEmpty();
    }

    private static Flow flow(int port, FlowRole role, FlowFlag... shown) {
        int state = 0;
        for (FlowFlag flag : shown) {
            state |= flag.bit();
        }
        IpPort client = new IpPort(IpAddress.of("10.1.0.2"), port);
        IpPort service = new IpPort(IpAddress.of("10.96.0.1"), 80);
        IpPort backend = new IpPort(IpAddress.of("10.1.0.3"), 8080);
        IpPort none = new IpPort(IpAddress.UNSPECIFIED, 0);
        return new Flow(Protocol.TCP, role, client, service, backend, client, none, 3, ID, 0, 0, 1, 60, state, 0);
    }

    private void connections(int count) {
        for (int port = 0; port < count; port++) {
            table.add(flow(1000 + port, FlowRole.FORWARD, FlowFlag.COUNTED));
            table.add(flow(1000 + port, FlowRole.REPLY, FlowFlag.COUNTED));
        }
    }

    @Test
    void rightCountsAreNoDifference() {
        connections(5);
        table.add(flow(1, FlowRole.FORWARD, FlowFlag.COUNTED, FlowFlag.RELEASED));
        table.add(flow(2, FlowRole.FORWARD));
        counted(5);

        assertThat(audit.audit(true)).isEmpty();
        assertThat(loads.flows(ID)).isEqualTo(5);
    }

    @Test
    void wrongCountsAreFoundAndCorrectedWhereThatIsAskedFor() {
        connections(5);
        counted(9);

        assertThat(audit.audit(false))
                .singleElement()
                .hasToString("backend_loads, 7/0: expected 5 flows, found 9 flows");
        assertThat(loads.flows(ID)).isEqualTo(9);
        assertThat(audit.audit(true)).hasSize(1);
        assertThat(loads.flows(ID)).isEqualTo(5);
        counted(-2);
        assertThat(audit.audit(true)).hasSize(1);
        assertThat(loads.flows(ID)).isEqualTo(5);
    }

    @Test
    void whatBeginsAndEndsMeanwhileIsNoDifference() {
        connections(5);
        counted(5);
        meanwhile = () -> {
            opened += 3;
            loads.addFlows(ID, 3);
        };
        assertThat(audit.audit(true)).isEmpty();
        assertThat(loads.flows(ID)).isEqualTo(8);

        counted(5);
        meanwhile = () -> loads.addFlows(ID, -4);
        assertThat(audit.audit(true)).isEmpty();
        assertThat(loads.flows(ID)).isEqualTo(1);
    }

    @Test
    void aConnectionThatIsRemovedCountsNoMore() {
        counted(2);
        loads.removed(flow(1, FlowRole.FORWARD, FlowFlag.COUNTED));
        loads.removed(flow(1, FlowRole.REPLY, FlowFlag.COUNTED));
        loads.removed(flow(2, FlowRole.FORWARD, FlowFlag.COUNTED, FlowFlag.RELEASED));
        loads.removed(flow(3, FlowRole.FORWARD));

        assertThat(loads.flows(ID)).isEqualTo(1);
    }
}
