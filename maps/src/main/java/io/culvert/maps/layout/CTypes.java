// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.ByteOrder.BIG_ENDIAN;

import io.culvert.net.IpAddress;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The types that `layout.h` is made of. A struct is stated as there, member by member; padding is explicit.
public final class CTypes {

    /// `__u8`
    public static final ValueLayout.OfByte U8 = JAVA_BYTE;

    /// `__u16`, in the order of the host.
    public static final ValueLayout.OfShort U16 = JAVA_SHORT;

    /// `__u32`, in the order of the host.
    public static final ValueLayout.OfInt U32 = JAVA_INT;

    /// `__u64`, in the order of the host.
    public static final ValueLayout.OfLong U64 = JAVA_LONG;

    /// `__be16`
    public static final ValueLayout.OfShort BE16 = JAVA_SHORT.withOrder(BIG_ENDIAN);

    /// `__be32`
    public static final ValueLayout.OfInt BE32 = JAVA_INT.withOrder(BIG_ENDIAN);

    /// `struct ip`: an address of either family, 16 bytes in network order.
    public static final StructLayout IP =
            struct("ip", MemoryLayout.sequenceLayout(4, BE32).withName("word"));

    private static final ValueLayout.OfLong HALF = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    private CTypes() {}

    /// `struct name { members }`.
    public static StructLayout struct(String name, MemoryLayout... members) {
        return MemoryLayout.structLayout(members).withName(name);
    }

    /// `__u8 pad[bytes]`, which is zero.
    public static MemoryLayout pad(int bytes) {
        return MemoryLayout.paddingLayout(bytes).withName("pad");
    }

    /// Access to a member that is a number; its type is that of the member, its coordinates are memory and the
    /// offset of the struct in bytes.
    public static VarHandle member(GroupLayout struct, String name) {
        return struct.varHandle(groupElement(name)).withInvokeExactBehavior();
    }

    /// Where a member lies in its struct, bytes.
    public static long offset(GroupLayout struct, String name) {
        return struct.byteOffset(groupElement(name));
    }

    /// Reads a `struct ip`.
    public static IpAddress readIp(MemorySegment memory, long offset) {
        return new IpAddress(memory.get(HALF, offset), memory.get(HALF, offset + Long.BYTES));
    }

    /// Writes a `struct ip`.
    public static void writeIp(MemorySegment memory, long offset, IpAddress address) {
        memory.set(HALF, offset, address.high());
        memory.set(HALF, offset + Long.BYTES, address.low());
    }

    /// Zeroes a record, so that its padding is zero whatever is written next.
    public static void clear(MemorySegment memory, long offset, MemoryLayout layout) {
        memory.asSlice(offset, layout.byteSize()).fill((byte) 0);
    }
}
