// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.maps.RawFlow;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// A flow table in memory, filled as the datapath fills it, and the clock that goes with it.
final class InMemoryFlows implements FlowEntries {

    private static final IpPort NOWHERE = new IpPort(IpAddress.UNSPECIFIED, 0);

    /// In an order that stays, as the kernel's does.
    final Map<FlowKey, Flow> entries = new LinkedHashMap<>();
    long now = Duration.ofDays(2).toNanos();
    /// Called between the pass through the table and what is done about it.
    Runnable afterPass = () -> {};

    /// A connection from 10.1.0.2:`clientPort` to 10.96.0.1:80, backed by 10.1.0.3:8080, both entries.
    InMemoryFlows connection(Protocol protocol, int clientPort, Duration idle, Duration replyIdle, FlowFlag... flags) {
        entry(protocol, FlowRole.FORWARD, clientPort, idle, flags);
        entry(protocol, FlowRole.REPLY, clientPort, replyIdle, flags);
        return this;
    }

    /// The same, which leaves the node as 192.0.2.1:`clientPort` + 20,000: all three entries, as old as these.
    InMemoryFlows masqueraded(Protocol protocol, int clientPort, Duration idle, Duration replyIdle, Duration third) {
        entry(protocol, FlowRole.FORWARD, clientPort, idle, FlowFlag.MASQUERADED);
        entry(protocol, FlowRole.REPLY, clientPort, replyIdle, FlowFlag.MASQUERADED);
        entry(protocol, FlowRole.MASQUERADE, clientPort, third, FlowFlag.MASQUERADED);
        return this;
    }

    Flow entry(Protocol protocol, FlowRole role, int clientPort, Duration idle, FlowFlag... flags) {
        IpPort client = new IpPort(IpAddress.of("10.1.0.2"), clientPort);
        int state = 0;
        for (FlowFlag flag : flags) {
            state |= flag.bit();
        }
        boolean masqueraded = (state & FlowFlag.MASQUERADED.bit()) != 0;
        Flow flow = new Flow(
                protocol,
                role,
                client,
                new IpPort(IpAddress.of("10.96.0.1"), 80),
                new IpPort(IpAddress.of("10.1.0.3"), 8080),
                client,
                masqueraded ? new IpPort(IpAddress.of("192.0.2.1"), clientPort + 20_000) : NOWHERE,
                3,
                7,
                now - Duration.ofDays(1).toNanos(),
                now - idle.toNanos(),
                role == FlowRole.FORWARD ? 5 : 4,
                role == FlowRole.FORWARD ? 500 : 4000,
                state,
                0);
        entries.put(flow.key(), flow);
        return flow;
    }

    /// Makes the connection from this port one that began so long ago.
    void began(int clientPort, Duration age) {
        entries.replaceAll((_, flow) -> flow.client().port() != clientPort
                ? flow
                : new Flow(
                        flow.protocol(),
                        flow.role(),
                        flow.client(),
                        flow.service(),
                        flow.backend(),
                        flow.source(),
                        flow.masquerade(),
                        flow.serviceIndex(),
                        flow.backendId(),
                        now - age.toNanos(),
                        flow.lastSeen(),
                        flow.packets(),
                        flow.bytes(),
                        flow.state(),
                        flow.begins()));
    }

    @Override
    public Optional<Flow> get(FlowKey key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public boolean remove(FlowKey key) {
        return entries.remove(key) != null;
    }

    @Override
    public int removeIdle(Collection<Flow> idle) {
        boolean alive = idle.stream()
                .anyMatch(flow -> get(flow.key())
                        .filter(present -> present.lastSeen() != flow.lastSeen())
                        .isPresent());
        return alive ? 0 : (int) idle.stream().filter(this::remove).count();
    }

    @Override
    public void forEach(Predicate<RawFlow> wanted, BiConsumer<FlowKey, Flow> consumer) {
        new LinkedHashMap<>(entries).forEach((key, flow) -> {
            if (wanted.test(RawFlow.of(flow))) {
                consumer.accept(key, flow);
            }
        });
        afterPass.run();
    }
}
