// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.IpPort;
import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// `struct event`
final class EventCodec implements Codec<Event> {

    @Override
    public StructLayout layout() {
        return EventLayout.LAYOUT;
    }

    @Override
    public Event read(MemorySegment memory, long offset) {
        return value(new RawEvent().read(memory, offset));
    }

    static Event value(RawEvent raw) {
        return new Event(
                raw.time(),
                new IpPort(raw.source(), raw.sourcePort()),
                new IpPort(raw.destination(), raw.destinationPort()),
                new IpPort(raw.translated(), raw.translatedPort()),
                EventKind.ofNumber(raw.kind()).orElseThrow(() -> corrupt("kind", raw.kind())),
                EventVerdict.ofNumber(raw.verdict()).orElseThrow(() -> corrupt("verdict", raw.verdict())),
                raw.ifindex(),
                raw.service(),
                raw.sourceIdentity(),
                raw.destinationIdentity(),
                raw.rule(),
                raw.length(),
                EventFlag.of(raw.flags()),
                raw.protocol(),
                raw.reason(),
                EventHook.ofNumber(raw.hook()).orElseThrow(() -> corrupt("hook", raw.hook())),
                raw.tcpFlags(),
                raw.icmpType(),
                raw.icmpCode(),
                new EventDetail(raw.detail(0), raw.detail(1), raw.detail(2), raw.detail(3)));
    }

    private static CorruptRecordException corrupt(String member, int value) {
        return new CorruptRecordException("event." + member + ": " + value);
    }

    @Override
    public void write(MemorySegment memory, long offset, Event event) {
        EventLayout.TIME.set(memory, offset, event.time());
        CTypes.writeIp(memory, offset + EventLayout.SOURCE, event.source().address());
        CTypes.writeIp(
                memory, offset + EventLayout.DESTINATION, event.destination().address());
        CTypes.writeIp(
                memory, offset + EventLayout.TRANSLATED, event.translated().address());
        EventLayout.SOURCE_PORT.set(memory, offset, (short) event.source().port());
        EventLayout.DESTINATION_PORT.set(
                memory, offset, (short) event.destination().port());
        EventLayout.TRANSLATED_PORT.set(
                memory, offset, (short) event.translated().port());
        EventLayout.KIND.set(memory, offset, (byte) event.kind().number());
        EventLayout.VERDICT.set(memory, offset, (byte) event.verdict().number());
        EventLayout.IFINDEX.set(memory, offset, event.ifindex());
        EventLayout.SERVICE.set(memory, offset, event.service());
        EventLayout.SOURCE_IDENTITY.set(memory, offset, event.sourceIdentity());
        EventLayout.DESTINATION_IDENTITY.set(memory, offset, event.destinationIdentity());
        EventLayout.RULE.set(memory, offset, event.rule());
        EventLayout.LENGTH.set(memory, offset, event.length());
        EventLayout.FLAGS.set(memory, offset, (short) EventFlag.bits(event.flags()));
        EventLayout.PROTOCOL.set(memory, offset, (byte) event.protocol());
        EventLayout.REASON.set(memory, offset, (byte) event.reason());
        EventLayout.HOOK.set(memory, offset, (byte) event.hook().number());
        EventLayout.TCP_FLAGS.set(memory, offset, (byte) event.tcpFlags());
        EventLayout.ICMP_TYPE.set(memory, offset, (byte) event.icmpType());
        EventLayout.ICMP_CODE.set(memory, offset, (byte) event.icmpCode());
        EventDetail detail = event.detail();
        long[] words = {detail.first(), detail.second(), detail.third(), detail.fourth()};
        MemorySegment.copy(words, 0, memory, CTypes.U64, offset + EventLayout.DETAIL, words.length);
    }
}
