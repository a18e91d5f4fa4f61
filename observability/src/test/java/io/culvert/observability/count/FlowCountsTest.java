// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventMemory;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.observability.count.FlowCounts.Drop;
import io.culvert.observability.count.FlowCounts.Icmp;
import io.culvert.observability.count.FlowCounts.Port;
import io.culvert.observability.count.FlowCounts.Service;
import io.culvert.observability.count.FlowCounts.Sort;
import io.culvert.observability.count.FlowCounts.Tcp;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FlowCountsTest {

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final Set<EventFlag> TO_SERVICE = Set.of(EventFlag.DIRECTED, EventFlag.SERVICE);

    private final FlowCounts counts = new FlowCounts();
    private final EventMemory memory = new EventMemory(1);
    private final RawEvent raw = new RawEvent();

    /// What a flow is, where it matters here.
    private record Told(
            EventKind kind,
            EventVerdict verdict,
            EventHook hook,
            Set<EventFlag> flags,
            int protocol,
            int tcpFlags,
            int port) {

        Event event(int service, int reason, EventDetail detail, String destination) {
            IpPort to = new IpPort(IpAddress.of(destination), port);
            return new Event(
                    1, to, to, to, kind, verdict, 1, service, 0, 0, 0, 60, flags, protocol, reason, hook, tcpFlags, 8,
                    0, detail);
        }
    }

    private static Told syn(EventKind kind, EventHook hook, Set<EventFlag> flags) {
        return new Told(kind, EventVerdict.FORWARDED, hook, flags, TCP, SYN, 80);
    }

    private static Told dropped(EventKind kind, EventHook hook) {
        return new Told(kind, EventVerdict.DROPPED, hook, TO_SERVICE, TCP, SYN, 80);
    }

    private void add(Told told, int service, int reason, EventDetail detail) {
        add(told.event(service, reason, detail, "10.0.0.1"));
    }

    private void add(Told told) {
        add(told, 3, 0, EventDetail.NONE);
    }

    private void add(Event event) {
        memory.set(0, event);
        memory.get(0, raw);
        counts.add(raw);
    }

    @AfterEach
    void free() {
        memory.close();
    }

    @Test
    void flowsAreCountedBySort() {
        add(syn(EventKind.TRACE, EventHook.FROM_POD, Set.of()));
        add(syn(EventKind.TRACE, EventHook.FROM_POD, Set.of()));
        add(syn(EventKind.VERDICT, EventHook.TO_POD, Set.of()));

        assertThat(counts.sorts())
                .containsExactly(
                        new Sort(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.FROM_POD, FlowProtocol.TCP, 2),
                        new Sort(EventKind.VERDICT, EventVerdict.FORWARDED, EventHook.TO_POD, FlowProtocol.TCP, 1));
        assertThat(counts.drops()).isEmpty();
    }

    @Test
    void dropsAreThoseOfProgramsAndOfPolicies() {
        add(dropped(EventKind.DROP, EventHook.FROM_POD), 3, DropReason.NO_BACKEND.number(), EventDetail.NONE);
        add(dropped(EventKind.VERDICT, EventHook.TO_POD), 3, DropReason.POLICY_DENIED.number(), EventDetail.NONE);

        assertThat(counts.drops())
                .containsExactly(
                        new Drop(DropReason.POLICY_DENIED.number(), EventHook.TO_POD, FlowProtocol.TCP, 1, 60),
                        new Drop(DropReason.NO_BACKEND.number(), EventHook.FROM_POD, FlowProtocol.TCP, 1, 60));
        assertThat(counts.tcp()).allMatch(row -> row.count() == 0);
        assertThat(counts.services()).containsExactly(new Service(3, 0, 0, 0, 2));
    }

    @Test
    void aConnectionOfAServiceCountsOnceHoweverManyProgramsTellOfIt() {
        add(syn(EventKind.VERDICT, EventHook.FROM_POD, TO_SERVICE));
        add(syn(EventKind.VERDICT, EventHook.TO_POD, TO_SERVICE));
        add(syn(EventKind.SOCKET, EventHook.SOCKET, TO_SERVICE));
        add(new Told(
                EventKind.TRACE,
                EventVerdict.FORWARDED,
                EventHook.FROM_POD,
                Set.of(EventFlag.SERVICE, EventFlag.DIRECTED, EventFlag.IS_REPLY),
                TCP,
                SYN | ACK,
                80));
        assertThat(counts.services()).containsExactly(new Service(3, 1, 0, 0, 0));

        add(syn(EventKind.VERDICT, EventHook.TO_POD, Set.of(EventFlag.SERVICE, EventFlag.HOST)));
        add(syn(EventKind.TRACE, EventHook.FROM_NETWORK, TO_SERVICE));
        assertThat(counts.services()).containsExactly(new Service(3, 3, 0, 0, 0));
    }

    @Test
    void bytesOfAServiceAreThoseOfConnectionsThatEnded() {
        Told end = new Told(EventKind.CLOSE, EventVerdict.FORWARDED, EventHook.TO_POD, TO_SERVICE, TCP, ACK | 1, 40000);
        add(end, 600, 0, new EventDetail(100, 2000, 0, 0));
        add(end, 600, 0, new EventDetail(1, 2, 0, 0));

        assertThat(counts.services()).containsExactly(new Service(600, 0, 101, 2002, 0));
    }

    @Test
    void indexesThatNoServiceHasAreLeftOut() {
        add(syn(EventKind.TRACE, EventHook.FROM_POD, TO_SERVICE), ServiceCounts.LIMIT, 0, EventDetail.NONE);
        add(syn(EventKind.TRACE, EventHook.FROM_POD, TO_SERVICE), -1, 0, EventDetail.NONE);
        add(syn(EventKind.TRACE, EventHook.FROM_POD, TO_SERVICE), ServiceCounts.LIMIT - 1, 0, EventDetail.NONE);

        assertThat(counts.services()).containsExactly(new Service(ServiceCounts.LIMIT - 1, 1, 0, 0, 0));
    }

    @Test
    void signsOfTcpAndTypesOfIcmpAreCountedByFamily() {
        add(syn(EventKind.TRACE, EventHook.FROM_POD, Set.of()).event(0, 0, EventDetail.NONE, "fd00::1"));
        add(new Told(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.TO_POD, Set.of(), TCP, SYN | ACK, 9));
        add(new Told(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.FROM_POD, Set.of(), 1, 0, 0));

        assertThat(counts.tcp())
                .filteredOn(row -> row.count() > 0)
                .containsExactly(new Tcp(TcpSign.SYN, IpFamily.IPV6, 1), new Tcp(TcpSign.SYN_ACK, IpFamily.IPV4, 1));
        assertThat(counts.icmp()).containsExactly(new Icmp(IpFamily.IPV4, 8, 1));
    }

    @Test
    void aScanOfPortsFillsOneRow() {
        Set<EventFlag> dialled = Set.of(EventFlag.DIRECTED);
        for (int port = 1; port <= 60_000; port++) {
            add(new Told(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.FROM_POD, dialled, TCP, SYN, port));
        }
        add(new Told(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.FROM_POD, dialled, TCP, SYN, 7));
        add(new Told(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.FROM_POD, dialled, UDP, 0, 53));

        assertThat(counts.ports())
                .hasSize(PortCounts.PORTS + 2)
                .contains(new Port(FlowProtocol.TCP, 7, 2), new Port(FlowProtocol.TCP, PortCounts.PORTS, 1))
                .contains(new Port(FlowProtocol.TCP, Port.OTHER, 60_000 - PortCounts.PORTS))
                .contains(new Port(FlowProtocol.UDP, Port.OTHER, 1));
    }

    @Test
    void repliesAndFlowsOfUnknownDirectionDialNoPort() {
        add(syn(EventKind.TRACE, EventHook.FROM_POD, Set.of()));
        add(syn(EventKind.TRACE, EventHook.FROM_POD, Set.of(EventFlag.DIRECTED, EventFlag.IS_REPLY)));

        assertThat(counts.ports()).isEmpty();
    }
}
