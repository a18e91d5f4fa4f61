// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DialledTest {

    private static final IpPort CLIENT = new IpPort(IpAddress.of("10.1.0.2"), 40000);
    private static final IpPort SERVICE = new IpPort(IpAddress.of("10.96.0.1"), 80);
    private static final IpPort BACKEND = new IpPort(IpAddress.of("10.1.0.3"), 8080);
    private static final Set<EventFlag> TRANSLATED =
            EnumSet.of(EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE);
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SYN = 2;
    private static final int ACK = 16;

    private final Dialled dialled = new Dialled();

    private static Event sent(IpPort client, long time, int protocol) {
        return event(EventKind.TRACE, EventHook.FROM_POD, time, client, SERVICE, BACKEND, TRANSLATED, protocol, SYN);
    }

    private static Event denied(IpPort client, long time, int protocol, int tcpFlags) {
        return event(
                EventKind.VERDICT,
                EventHook.TO_POD,
                time,
                client,
                BACKEND,
                new IpPort(IpAddress.UNSPECIFIED, 0),
                Set.of(EventFlag.DIRECTED),
                protocol,
                tcpFlags);
    }

    private static Event event(
            EventKind kind,
            EventHook hook,
            long time,
            IpPort source,
            IpPort destination,
            IpPort translated,
            Set<EventFlag> flags,
            int protocol,
            int tcpFlags) {
        return new Event(
                time,
                source,
                destination,
                translated,
                kind,
                kind == EventKind.VERDICT ? EventVerdict.DROPPED : EventVerdict.FORWARDED,
                3,
                flags.contains(EventFlag.SERVICE) ? 77 : 0,
                11,
                12,
                13,
                60,
                flags,
                protocol,
                kind == EventKind.VERDICT ? 133 : 0,
                hook,
                tcpFlags,
                0,
                0,
                new EventDetail(0, 0, 0, 0));
    }

    /// What is kept of an event.
    private Event complete(Event event) {
        try (RawFlows flows = new RawFlows()) {
            RawEvent raw = flows.of(event);
            dialled.complete(raw);
            return raw.toEvent();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TCP, UDP})
    void verdictsAtTheReceiverSayWhatWasDialled(int protocol) {
        Event opening = sent(CLIENT, 1_000, protocol);
        assertThat(complete(opening)).isEqualTo(opening);
        assertThat(complete(denied(CLIENT, 2_000, protocol, SYN)))
                .isEqualTo(event(
                        EventKind.VERDICT,
                        EventHook.TO_POD,
                        2_000,
                        CLIENT,
                        SERVICE,
                        BACKEND,
                        TRANSLATED,
                        protocol,
                        SYN));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.2, 40001, 2, 2000",
        "10.1.0.4, 40000, 2, 2000",
        "10.1.0.2, 40000, 16, 2000",
        "10.1.0.2, 40000, 2, 5000001000"
    })
    void othersAreLeftAsTheyAre(String client, int port, int tcpFlags, long time) {
        complete(sent(CLIENT, 1_000, TCP));
        Event other = denied(new IpPort(IpAddress.of(client), port), time, TCP, tcpFlags);
        assertThat(complete(other)).isEqualTo(other);
    }

    /// The same ports once more, without the Service.
    @Test
    void theLastOpeningCounts() {
        complete(sent(CLIENT, 1_000, TCP));
        complete(event(EventKind.TRACE, EventHook.FROM_POD, 2_000, CLIENT, BACKEND, BACKEND, Set.of(), TCP, SYN));
        Event verdict = denied(CLIENT, 3_000, TCP, SYN);
        assertThat(complete(verdict)).isEqualTo(verdict);
    }

    /// In the middle of a connection nothing is opened.
    @Test
    void onlyOpeningsAreKept() {
        complete(event(EventKind.TRACE, EventHook.FROM_POD, 1_000, CLIENT, SERVICE, BACKEND, TRANSLATED, TCP, ACK));
        Event verdict = denied(CLIENT, 2_000, TCP, SYN);
        assertThat(complete(verdict)).isEqualTo(verdict);
    }

    @Test
    void thousandsOfOpeningsAreForgottenOneByOneAndNeverMixedUp() {
        for (int i = 0; i < 5_000; i++) {
            complete(sent(new IpPort(CLIENT.address(), 10_000 + i), i, TCP));
        }
        int found = 0;
        for (int i = 0; i < 5_000; i++) {
            Event verdict = complete(denied(new IpPort(CLIENT.address(), 10_000 + i), 6_000, TCP, SYN));
            assertThat(verdict.source().port()).isEqualTo(10_000 + i);
            found += verdict.has(EventFlag.SERVICE) ? 1 : 0;
        }
        assertThat(found).isBetween(400, 1024);
    }
}
