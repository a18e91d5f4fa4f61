// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Datagrams between pods in both families, for [HeardPackets].
final class PodDatagrams {

    private static final int SOURCE_PORT = 40_000;

    private PodDatagrams() {}

    static void send(LabPod from, LabPod to, int port, String text) {
        from.sockets()
                .send(Arrays.stream(IpFamily.values())
                        .map(family -> PacketBuilder.bare()
                                .ip(from.ip(family), to.ip(family))
                                .udp(SOURCE_PORT, port)
                                .payload(text(text, family))
                                .toBytes())
                        .toArray(byte[][]::new));
    }

    /// What is heard of texts that arrived.
    static List<String> texts(String... sent) {
        return Stream.of(sent)
                .flatMap(text -> Stream.of(IpFamily.values()).map(family -> text(text, family)))
                .toList();
    }

    private static String text(String text, IpFamily family) {
        return text + " by " + family;
    }
}
