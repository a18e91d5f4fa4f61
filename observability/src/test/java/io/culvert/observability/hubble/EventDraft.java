// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import java.util.EnumSet;
import java.util.Set;

/// An event, made step by step; a SYN that leaves a pod if nothing else is said.
public final class EventDraft {

    public static final IpPort NOBODY = new IpPort(IpAddress.UNSPECIFIED, 0);

    private final IpPort source;
    private final IpPort destination;
    private long time = 1_000_000_000L;
    private IpPort translated = NOBODY;
    private EventKind kind = EventKind.TRACE;
    private EventVerdict verdict = EventVerdict.FORWARDED;
    private EventHook hook = EventHook.FROM_POD;
    private final Set<EventFlag> flags = EnumSet.noneOf(EventFlag.class);
    private int service;
    private int rule;
    private int reason;
    private int protocol = 6;
    private int tcpFlags = 2;
    private int icmpType;
    private EventDetail detail = EventDetail.NONE;

    public EventDraft(IpPort source, IpPort destination) {
        this.source = source;
        this.destination = destination;
    }

    public EventDraft time(long nanos) {
        time = nanos;
        return this;
    }

    public EventDraft is(EventKind other, EventVerdict becomes) {
        kind = other;
        verdict = becomes;
        return this;
    }

    public EventDraft at(EventHook other) {
        hook = other;
        return this;
    }

    public EventDraft translated(IpPort backend, int index) {
        translated = backend;
        service = index;
        flags.addAll(Set.of(EventFlag.ADDRESSED, EventFlag.SERVICE, EventFlag.DIRECTED));
        return this;
    }

    public EventDraft flags(EventFlag... more) {
        flags.addAll(Set.of(more));
        return this;
    }

    public EventDraft tcp(int bits) {
        tcpFlags = bits;
        return this;
    }

    public EventDraft protocol(int number) {
        protocol = number;
        tcpFlags = 0;
        return this;
    }

    public EventDraft icmp(int number, int type) {
        icmpType = type;
        return protocol(number);
    }

    public EventDraft because(int number) {
        reason = number;
        return this;
    }

    public EventDraft rule(int number) {
        rule = number;
        return this;
    }

    public EventDraft detail(long first, long second, long third, long fourth) {
        detail = new EventDetail(first, second, third, fourth);
        return this;
    }

    public Event event() {
        return new Event(
                time,
                source,
                destination,
                translated,
                kind,
                verdict,
                hook == EventHook.SOCKET ? 0 : 42,
                service,
                0,
                0,
                rule,
                60,
                flags,
                protocol,
                reason,
                hook,
                tcpFlags,
                icmpType,
                0,
                detail);
    }
}
