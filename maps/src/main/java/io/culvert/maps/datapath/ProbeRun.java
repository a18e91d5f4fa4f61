// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfProgram;
import io.culvert.loader.TestRun;
import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A program that answers people, run on a packet that would open a connection.
///
/// @param cb the answer: `cb` of `struct __sk_buff` (linux/bpf.h) afterwards
/// @param packet what the program made of it
@SuppressWarnings("ArrayRecordComponent")
record ProbeRun(ByteBuffer cb, byte[] packet) {

    /// The interface that packets come in by where nothing else is said.
    static final int LOOPBACK = 1;

    /// Members of `struct __sk_buff`.
    private static final int IFINDEX = 40;

    private static final int CB = 48;
    private static final int CONTEXT_BYTES = CB + 5 * Integer.BYTES;

    /// What it is about.
    ///
    /// @param protocol number of IANA
    /// @param port destination port; not looked at for protocols but TCP, UDP and SCTP
    record Packet(IpAddress source, IpAddress destination, int protocol, int port) {

        private static final int ETHERNET = 14;
        private static final int IPV4 = 20;
        private static final int IPV6 = 40;
        private static final int TRANSPORT = 20;
        private static final int IPV4_FIRST_BYTE = 0x45;
        private static final int TCP = 6;
        private static final int UDP = 17;
        private static final int SCTP = 132;
        private static final int SYN = 0x5002;
        private static final int INIT = 1;
        /// Above all that a process would ask for, and nobody's in particular.
        private static final int SOURCE_PORT = 65535;

        /// The least that programs read; nobody looks at checksums.
        byte[] bytes() {
            boolean v4 = destination.isV4();
            ByteBuffer packet = ByteBuffer.allocate(ETHERNET + (v4 ? IPV4 : IPV6) + TRANSPORT);
            packet.putShort(ETHERNET - 2, (short) (v4 ? 0x0800 : 0x86dd)).position(ETHERNET);
            if (v4) {
                packet.putInt(IPV4_FIRST_BYTE << 24 | IPV4 + TRANSPORT)
                        .putInt(0)
                        .putInt(64 << 24 | protocol << 16)
                        .putInt((int) source.low())
                        .putInt((int) destination.low());
            } else {
                packet.putInt(6 << 28)
                        .putInt(TRANSPORT << 16 | protocol << 8 | 64)
                        .putLong(source.high())
                        .putLong(source.low())
                        .putLong(destination.high())
                        .putLong(destination.low());
            }
            int transport = packet.position();
            packet.putShort((short) SOURCE_PORT).putShort((short) port);
            switch (protocol) {
                case TCP -> packet.putShort(transport + 12, (short) SYN);
                case UDP -> packet.putShort(transport + 4, (short) TRANSPORT);
                case SCTP -> packet.put(transport + 12, (byte) INIT).putShort(transport + 14, (short) 8);
                default -> {}
            }
            return packet.array();
        }
    }

    /// @param ifindex of the interface that it comes in by
    /// @param argument in `cb[0]`
    /// @throws io.culvert.loader.SystemCallException if the kernel refuses to run the program
    static ProbeRun of(BpfProgram probe, Packet packet, int ifindex, int argument) {
        byte[] context = ByteBuffer.allocate(CONTEXT_BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(IFINDEX, ifindex)
                .putInt(CB, argument)
                .array();
        TestRun run = probe.testRun(packet.bytes(), context, 1);
        return new ProbeRun(ByteBuffer.wrap(run.context()).order(ByteOrder.nativeOrder()), run.packet());
    }

    int cb(int index) {
        return cb.getInt(CB + index * Integer.BYTES);
    }
}
