// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfProgram;
import io.culvert.loader.TestRun;
import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A packet that would open a connection, at one of the two pods.
///
/// @param egress whether the pod sends it; else it receives it
/// @param destination after Service translation
/// @param protocol number of IANA
/// @param port destination port; not looked at for protocols but TCP, UDP and SCTP
public record PolicyQuestion(boolean egress, IpAddress source, IpAddress destination, int protocol, int port) {

    /// Members of `struct __sk_buff` (linux/bpf.h): where `cb` begins and ends.
    private static final int CB = 48;

    private static final int CONTEXT_BYTES = CB + 5 * Integer.BYTES;

    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int IPV6 = 40;
    private static final int TRANSPORT = 20;
    private static final int IPV4_FIRST_BYTE = 0x45;
    private static final int SYN = 0x5002;
    /// Above all that a process would ask for, and nobody's in particular.
    private static final int SOURCE_PORT = 65535;

    PolicyAnswer ask(BpfProgram probe) {
        byte[] context = ByteBuffer.allocate(CONTEXT_BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(CB, egress ? 0 : 1)
                .array();
        TestRun run = probe.testRun(packet(), context, 1);
        ByteBuffer answer = ByteBuffer.wrap(run.context()).order(ByteOrder.nativeOrder());
        return new PolicyAnswer(
                answer.getInt(CB) == 0,
                PolicyAnswer.Reason.ofNumber(answer.getInt(CB + 4)),
                answer.getInt(CB + 8),
                answer.getInt(CB + 12),
                answer.getInt(CB + 16));
    }

    /// The least that the program reads; nobody looks at checksums.
    private byte[] packet() {
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
        packet.putShort((short) SOURCE_PORT).putShort((short) port);
        return packet.putShort(packet.position() + 8, (short) SYN).array();
    }
}
