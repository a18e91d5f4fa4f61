// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfProgram;
import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.IpPort;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// A packet that would open a connection to a Service.
///
/// @param ifindex the interface that it comes in by; [#THIS_NODE] if the node sends it
public record ServiceQuestion(int ifindex, IpAddress client, IpAddress destination, int port, Protocol protocol) {

    /// A process of this node sends the packet.
    public static final int THIS_NODE = 0;

    private static final ServiceAnswer.Client[] CLIENTS = ServiceAnswer.Client.values();
    private static final int TRANSLATED = 0;
    private static final int PASS = 1;
    private static final int REFUSE = 2;
    private static final int NO_FRONTEND = 3;
    private static final int REMEMBERED = 1 << 16;
    private static final int IPV4_DESTINATION = 30;
    private static final int IPV4_SOURCE = 26;
    private static final int IPV6_SOURCE = 22;
    private static final int IPV6_DESTINATION = 38;
    private static final int IPV4_PORT = 36;
    private static final int IPV6_PORT = 56;

    ServiceAnswer ask(BpfProgram probe) {
        boolean host = ifindex == THIS_NODE;
        ProbeRun run = ProbeRun.of(
                probe,
                new ProbeRun.Packet(client, destination, protocol.number(), port),
                host ? ProbeRun.LOOPBACK : ifindex,
                host ? 1 : 0);
        int service = run.cb(1);
        ServiceOutcome outcome = switch (run.cb(0)) {
            case TRANSLATED ->
                new ServiceOutcome.Translated(
                        service,
                        run.cb(2),
                        new IpPort(
                                address(run.packet(), IPV4_DESTINATION, IPV6_DESTINATION), backendPort(run.packet())),
                        address(run.packet(), IPV4_SOURCE, IPV6_SOURCE),
                        flags(run.cb(3)),
                        (run.cb(3) & REMEMBERED) != 0);
            case PASS -> new ServiceOutcome.Passed();
            case REFUSE -> new ServiceOutcome.Refused();
            case NO_FRONTEND -> new ServiceOutcome.NoFrontend();
            default ->
                new ServiceOutcome.Dropped(DropReason.ofNumber(run.cb(0))
                        .orElseThrow(() -> new CorruptRecordException("service_probe: answer " + run.cb(0))));
        };
        return new ServiceAnswer(CLIENTS[run.cb(4)], outcome);
    }

    private IpAddress address(byte[] packet, int v4, int v6) {
        return destination.isV4()
                ? IpAddress.ofV4(ByteBuffer.wrap(packet).getInt(v4))
                : IpAddress.ofBytes(Arrays.copyOfRange(packet, v6, v6 + 16));
    }

    private int backendPort(byte[] packet) {
        int at = destination.isV4() ? IPV4_PORT : IPV6_PORT;
        return Byte.toUnsignedInt(packet[at]) << Byte.SIZE | Byte.toUnsignedInt(packet[at + 1]);
    }

    private static Set<FlowFlag> flags(int state) {
        return Arrays.stream(FlowFlag.values())
                .filter(flag -> (state & flag.bit()) != 0)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(FlowFlag.class)));
    }
}
