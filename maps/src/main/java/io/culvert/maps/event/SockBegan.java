// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A TCP socket that was given a backend and has connected since: the value of `sock_began`.
///
/// @param time nanoseconds of CLOCK_MONOTONIC
/// @param service index into `services`
public record SockBegan(long time, int service) {

    static final StructLayout LAYOUT =
            CTypes.struct("sock_began", CTypes.U64.withName("time"), CTypes.U32.withName("service"), CTypes.pad(4));

    /// `struct sock_began`
    public static final Codec<SockBegan> CODEC = new SockBeganCodec();

    private static final class SockBeganCodec implements Codec<SockBegan> {

        private static final VarHandle TIME = CTypes.member(LAYOUT, "time");
        private static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public SockBegan read(MemorySegment memory, long offset) {
            return new SockBegan((long) TIME.get(memory, offset), (int) SERVICE.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, SockBegan began) {
            TIME.set(memory, offset, began.time);
            SERVICE.set(memory, offset, began.service);
        }
    }
}
