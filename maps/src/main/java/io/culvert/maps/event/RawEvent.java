// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.layout.CTypes;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;

/// An event, copied from the ring or from an [EventMemory]: reading a number of it builds nothing, and is an array and
/// a shift, which a process that has just started does as fast as any. One object is aimed at event after event, in
/// memory that others are copied to, so that nobody may keep it; [#toEvent] makes a value of it.
public final class RawEvent {

    /// `struct event` in words. On what Culvert runs on, the least significant byte is first.
    static final int WORDS = (int) (EventLayout.SIZE / Long.BYTES);

    private static final int SOURCE = (int) EventLayout.SOURCE;
    private static final int DESTINATION = (int) EventLayout.DESTINATION;
    private static final int TRANSLATED = (int) EventLayout.TRANSLATED;
    private static final int DETAIL = (int) EventLayout.DETAIL;
    private static final int TIME = offset("time");
    private static final int SOURCE_PORT = offset("source_port");
    private static final int DESTINATION_PORT = offset("destination_port");
    private static final int TRANSLATED_PORT = offset("translated_port");
    private static final int KIND = offset("kind");
    private static final int VERDICT = offset("verdict");
    private static final int IFINDEX = offset("ifindex");
    private static final int SERVICE = offset("service");
    private static final int SOURCE_IDENTITY = offset("source_identity");
    private static final int DESTINATION_IDENTITY = offset("destination_identity");
    private static final int RULE = offset("rule");
    private static final int LENGTH = offset("length");
    private static final int FLAGS = offset("flags");
    private static final int PROTOCOL = offset("protocol");
    private static final int REASON = offset("reason");
    private static final int HOOK = offset("hook");
    private static final int TCP_FLAGS = offset("tcp_flags");
    private static final int ICMP_TYPE = offset("icmp_type");
    private static final int ICMP_CODE = offset("icmp_code");

    private long[] words;
    private int first;

    public RawEvent() {
        this(new long[WORDS]);
    }

    /// @param words of one event or more, the first of which it is aimed at
    RawEvent(long[] words) {
        this.words = words;
    }

    private static int offset(String member) {
        return (int) CTypes.offset(EventLayout.LAYOUT, member);
    }

    /// Makes it a copy of what is in memory.
    RawEvent read(MemorySegment memory, long offset) {
        MemorySegment.copy(memory, CTypes.U64, offset, words, first, WORDS);
        return this;
    }

    void write(MemorySegment memory, long offset) {
        MemorySegment.copy(words, first, memory, CTypes.U64, offset, WORDS);
    }

    void write(long[] copy, int word) {
        System.arraycopy(words, first, copy, word, WORDS);
    }

    /// Aims it at another event of those that it was made of.
    RawEvent at(int index) {
        first = index * WORDS;
        return this;
    }

    /// Aims it at an event that somebody else has copied, the first word of which is given.
    RawEvent at(long[] copied, int word) {
        words = copied;
        first = word;
        return this;
    }

    private long word(int offset) {
        return words[first + (offset >>> 3)];
    }

    private int bits(int offset) {
        return (int) (word(offset) >>> ((offset & 7) << 3));
    }

    private int u8(int offset) {
        return bits(offset) & 0xff;
    }

    private int be16(int offset) {
        return Short.toUnsignedInt(Short.reverseBytes((short) bits(offset)));
    }

    /// Half of an address, as [IpAddress#high].
    private long half(int offset) {
        return Long.reverseBytes(word(offset));
    }

    private IpAddress address(int offset) {
        return new IpAddress(half(offset), half(offset + Long.BYTES));
    }

    /// Makes it say whom the client dialled, what that became, and which Service that was, as the packet says it that
    /// opened its connection.
    public void takeDialled(RawEvent opening) {
        take(opening, DESTINATION, Long.BYTES);
        take(opening, DESTINATION + Long.BYTES, Long.BYTES);
        take(opening, TRANSLATED, Long.BYTES);
        take(opening, TRANSLATED + Long.BYTES, Long.BYTES);
        take(opening, DESTINATION_PORT, Short.BYTES);
        take(opening, TRANSLATED_PORT, Short.BYTES);
        take(opening, SERVICE, Integer.BYTES);
        long known = opening.flags() & (EventFlag.DIRECTED.bit() | EventFlag.ADDRESSED.bit() | EventFlag.SERVICE.bit());
        words[first + (FLAGS >>> 3)] |= known << ((FLAGS & 7) << 3);
    }

    /// A member that lies within a word.
    private void take(RawEvent other, int offset, int bytes) {
        long mask = -1L >>> (Long.SIZE - (bytes << 3)) << ((offset & 7) << 3);
        int place = first + (offset >>> 3);
        words[place] = (words[place] & ~mask) | (other.word(offset) & mask);
    }

    /// The whole event as a value.
    ///
    /// @throws io.culvert.maps.layout.CorruptRecordException if it is none that Culvert writes
    public Event toEvent() {
        return EventCodec.value(this);
    }

    /// Nanoseconds of CLOCK_MONOTONIC.
    public long time() {
        return word(TIME);
    }

    /// Number of an [EventKind].
    public int kind() {
        return u8(KIND);
    }

    /// Number of an [EventVerdict].
    public int verdict() {
        return u8(VERDICT);
    }

    /// Number of an [EventHook].
    public int hook() {
        return u8(HOOK);
    }

    /// Bits of [EventFlag].
    public int flags() {
        return bits(FLAGS) & 0xffff;
    }

    public boolean has(EventFlag flag) {
        return (flags() & flag.bit()) != 0;
    }

    /// As [Event#source]; this builds one object.
    public IpAddress source() {
        return address(SOURCE);
    }

    public IpAddress destination() {
        return address(DESTINATION);
    }

    public IpAddress translated() {
        return address(TRANSLATED);
    }

    /// The first half of the source, as [IpAddress#high].
    public long sourceHigh() {
        return half(SOURCE);
    }

    public long sourceLow() {
        return half(SOURCE + Long.BYTES);
    }

    public long destinationHigh() {
        return half(DESTINATION);
    }

    public long destinationLow() {
        return half(DESTINATION + Long.BYTES);
    }

    public long translatedHigh() {
        return half(TRANSLATED);
    }

    public long translatedLow() {
        return half(TRANSLATED + Long.BYTES);
    }

    /// Whether the destination and what it became are the same address. Halves are not turned round for that.
    public boolean keepsAddress() {
        return word(TRANSLATED) == word(DESTINATION) && word(TRANSLATED + Long.BYTES) == word(DESTINATION + Long.BYTES);
    }

    public int sourcePort() {
        return be16(SOURCE_PORT);
    }

    public int destinationPort() {
        return be16(DESTINATION_PORT);
    }

    public int translatedPort() {
        return be16(TRANSLATED_PORT);
    }

    public int protocol() {
        return u8(PROTOCOL);
    }

    public int reason() {
        return u8(REASON);
    }

    public int tcpFlags() {
        return u8(TCP_FLAGS);
    }

    public int icmpType() {
        return u8(ICMP_TYPE);
    }

    public int icmpCode() {
        return u8(ICMP_CODE);
    }

    public int ifindex() {
        return bits(IFINDEX);
    }

    public int service() {
        return bits(SERVICE);
    }

    public int sourceIdentity() {
        return bits(SOURCE_IDENTITY);
    }

    public int destinationIdentity() {
        return bits(DESTINATION_IDENTITY);
    }

    public int rule() {
        return bits(RULE);
    }

    public int length() {
        return bits(LENGTH);
    }

    /// As [Event#cgroup].
    public long cgroup() {
        return detail(1);
    }

    /// A word of [EventDetail], 0 to 3.
    public long detail(int word) {
        return word(DETAIL + word * Long.BYTES);
    }
}
