// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.layout.CTypes;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// An event where it lies, in the ring or in an [EventMemory]: reading a number of it builds nothing. One object is
/// aimed
/// at event after event, so that nobody may keep it; [#toEvent] makes a value of it.
///
/// What is read while somebody writes may be a mixture of two events, and any number.
public final class RawEvent {

    private static final ValueLayout.OfLong HALF =
            CTypes.U64.withByteAlignment(1).withOrder(java.nio.ByteOrder.BIG_ENDIAN);

    private MemorySegment memory = MemorySegment.NULL;
    private long offset;

    RawEvent at(MemorySegment other, long otherOffset) {
        memory = other;
        offset = otherOffset;
        return this;
    }

    /// Makes this event a copy of another one.
    void copyFrom(RawEvent other) {
        MemorySegment.copy(other.memory, other.offset, memory, offset, EventLayout.SIZE);
    }

    void write(Event event) {
        Event.CODEC.write(memory, offset, event);
    }

    /// The whole event as a value.
    ///
    /// @throws io.culvert.maps.layout.CorruptRecordException if it is none that Culvert writes
    public Event toEvent() {
        return Event.CODEC.read(memory, offset);
    }

    /// Nanoseconds of CLOCK_MONOTONIC.
    public long time() {
        return (long) EventLayout.TIME.get(memory, offset);
    }

    /// Number of an [EventKind].
    public int kind() {
        return Byte.toUnsignedInt((byte) EventLayout.KIND.get(memory, offset));
    }

    /// Number of an [EventVerdict].
    public int verdict() {
        return Byte.toUnsignedInt((byte) EventLayout.VERDICT.get(memory, offset));
    }

    /// Number of an [EventHook].
    public int hook() {
        return Byte.toUnsignedInt((byte) EventLayout.HOOK.get(memory, offset));
    }

    /// Bits of [EventFlag].
    public int flags() {
        return Short.toUnsignedInt((short) EventLayout.FLAGS.get(memory, offset));
    }

    public boolean has(EventFlag flag) {
        return (flags() & flag.bit()) != 0;
    }

    /// As [Event#source]; this builds one object.
    public IpAddress source() {
        return CTypes.readIp(memory, offset + EventLayout.SOURCE);
    }

    public IpAddress destination() {
        return CTypes.readIp(memory, offset + EventLayout.DESTINATION);
    }

    public IpAddress translated() {
        return CTypes.readIp(memory, offset + EventLayout.TRANSLATED);
    }

    /// The first half of the source, as [IpAddress#high].
    public long sourceHigh() {
        return memory.get(HALF, offset + EventLayout.SOURCE);
    }

    public long sourceLow() {
        return memory.get(HALF, offset + EventLayout.SOURCE + Long.BYTES);
    }

    public long destinationHigh() {
        return memory.get(HALF, offset + EventLayout.DESTINATION);
    }

    public long destinationLow() {
        return memory.get(HALF, offset + EventLayout.DESTINATION + Long.BYTES);
    }

    public long translatedHigh() {
        return memory.get(HALF, offset + EventLayout.TRANSLATED);
    }

    public long translatedLow() {
        return memory.get(HALF, offset + EventLayout.TRANSLATED + Long.BYTES);
    }

    public int sourcePort() {
        return Short.toUnsignedInt((short) EventLayout.SOURCE_PORT.get(memory, offset));
    }

    public int destinationPort() {
        return Short.toUnsignedInt((short) EventLayout.DESTINATION_PORT.get(memory, offset));
    }

    public int translatedPort() {
        return Short.toUnsignedInt((short) EventLayout.TRANSLATED_PORT.get(memory, offset));
    }

    public int protocol() {
        return Byte.toUnsignedInt((byte) EventLayout.PROTOCOL.get(memory, offset));
    }

    public int reason() {
        return Byte.toUnsignedInt((byte) EventLayout.REASON.get(memory, offset));
    }

    public int tcpFlags() {
        return Byte.toUnsignedInt((byte) EventLayout.TCP_FLAGS.get(memory, offset));
    }

    public int icmpType() {
        return Byte.toUnsignedInt((byte) EventLayout.ICMP_TYPE.get(memory, offset));
    }

    public int icmpCode() {
        return Byte.toUnsignedInt((byte) EventLayout.ICMP_CODE.get(memory, offset));
    }

    public int ifindex() {
        return (int) EventLayout.IFINDEX.get(memory, offset);
    }

    public int service() {
        return (int) EventLayout.SERVICE.get(memory, offset);
    }

    public int sourceIdentity() {
        return (int) EventLayout.SOURCE_IDENTITY.get(memory, offset);
    }

    public int destinationIdentity() {
        return (int) EventLayout.DESTINATION_IDENTITY.get(memory, offset);
    }

    public int rule() {
        return (int) EventLayout.RULE.get(memory, offset);
    }

    public int length() {
        return (int) EventLayout.LENGTH.get(memory, offset);
    }

    /// A word of [EventDetail], 0 to 3.
    public long detail(int word) {
        return memory.get(CTypes.U64, offset + EventLayout.DETAIL + (long) word * Long.BYTES);
    }
}
