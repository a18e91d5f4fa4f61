// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.observability.hubble.EventDraft;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DialledTest {

    private static final IpPort CLIENT = new IpPort(IpAddress.of("10.1.0.2"), 40000);
    private static final IpPort SERVICE = new IpPort(IpAddress.of("10.96.0.1"), 80);
    private static final IpPort BACKEND = new IpPort(IpAddress.of("10.1.0.3"), 8080);
    private static final int INDEX = 77;
    private static final int DENIED = 133;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ACK = 16;

    private final Dialled dialled = new Dialled();

    private static EventDraft draft(IpPort client, IpPort receiver, long time, int protocol) {
        EventDraft draft = new EventDraft(client, receiver).time(time);
        return protocol == TCP ? draft : draft.protocol(protocol);
    }

    private static Event sent(IpPort client, long time, int protocol) {
        return draft(client, SERVICE, time, protocol).translated(BACKEND, INDEX).event();
    }

    private static EventDraft denied(IpPort client, IpPort receiver, long time, int protocol) {
        return draft(client, receiver, time, protocol)
                .is(EventKind.VERDICT, EventVerdict.DROPPED)
                .at(EventHook.TO_POD)
                .because(DENIED)
                .flags(EventFlag.DIRECTED);
    }

    private static Event denied(IpPort client, long time) {
        return denied(client, BACKEND, time, TCP).event();
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
        assertThat(complete(denied(CLIENT, BACKEND, 2_000, protocol).event()))
                .isEqualTo(denied(CLIENT, SERVICE, 2_000, protocol)
                        .translated(BACKEND, INDEX)
                        .event());
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
        Event other = denied(new IpPort(IpAddress.of(client), port), BACKEND, time, TCP)
                .tcp(tcpFlags)
                .event();
        assertThat(complete(other)).isEqualTo(other);
    }

    /// The same ports once more, without the Service.
    @Test
    void theLastOpeningCounts() {
        complete(sent(CLIENT, 1_000, TCP));
        complete(draft(CLIENT, BACKEND, 2_000, TCP).event());
        Event verdict = denied(CLIENT, 3_000);
        assertThat(complete(verdict)).isEqualTo(verdict);
    }

    /// In the middle of a connection nothing is opened.
    @Test
    void onlyOpeningsAreKept() {
        complete(draft(CLIENT, SERVICE, 1_000, TCP)
                .translated(BACKEND, INDEX)
                .tcp(ACK)
                .event());
        Event verdict = denied(CLIENT, 2_000);
        assertThat(complete(verdict)).isEqualTo(verdict);
    }

    @Test
    void thousandsOfOpeningsAreForgottenOneByOneAndNeverMixedUp() {
        for (int i = 0; i < 5_000; i++) {
            complete(sent(new IpPort(CLIENT.address(), 10_000 + i), i, TCP));
        }
        int found = 0;
        for (int i = 0; i < 5_000; i++) {
            Event verdict = complete(denied(new IpPort(CLIENT.address(), 10_000 + i), 6_000));
            assertThat(verdict.source().port()).isEqualTo(10_000 + i);
            found += verdict.has(EventFlag.SERVICE) ? 1 : 0;
        }
        assertThat(found).isBetween(400, 1024);
    }
}
