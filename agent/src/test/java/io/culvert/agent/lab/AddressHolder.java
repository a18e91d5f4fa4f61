// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A pod that has one of the addresses for a while.
///
/// @param place where it runs
record AddressHolder(int number, boolean trusted, LabPod place) {

    /// How many there are.
    static final int ADDRESSES = 10;

    private static final int PORT = 8080;
    private static final int SOURCE_PORT = 40_000;

    /// Where everybody may send: what arrives there says that all that was sent before has arrived, or never will.
    private static final int MARKER = 9;

    IpAddress address(IpFamily family) {
        int address = 200 + number % ADDRESSES;
        return IpAddress.of(
                family == IpFamily.IPV4 ? "10.244.1." + address : "fd44:0:0:1::" + Integer.toHexString(address));
    }

    String namespace() {
        return trusted ? "trusted" : "other";
    }

    String file() {
        return "holder-" + number + ".yaml";
    }

    PodRuntime.Sandbox sandbox() {
        return new PodRuntime.Sandbox(
                "c" + number,
                namespace(),
                "p" + number,
                "uid-" + number,
                place.hostInterface(),
                List.of(address(IpFamily.IPV4), address(IpFamily.IPV6)));
    }

    /// @param status as the kubelet writes it, with addresses only some time after the pod's network was made
    String object(String status) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: p%d
                  namespace: %s
                  uid: uid-%d
                  creationTimestamp: "%s"
                  labels: {role: %s}
                spec: {nodeName: n1, containers: [{name: main, image: example.org/main}]}
                status: {%s}
                """.formatted(
                        number,
                        namespace(),
                        number,
                        Instant.parse("2026-01-01T00:00:00Z").plusSeconds(number),
                        trusted ? "client" : "batch",
                        status);
    }

    String starting() {
        return object("phase: Pending");
    }

    String running() {
        return object("phase: Running, podIPs: [{ip: \"%s\"}, {ip: \"%s\"}]"
                .formatted(address(IpFamily.IPV4), address(IpFamily.IPV6)));
    }

    /// A datagram, a SYN, something in the middle of a connection, and the marker.
    ///
    /// @param to who hears them
    List<byte[]> packets(String to, IpAddress source, IpAddress destination) {
        IpFamily family = source.family();
        return List.of(
                PacketBuilder.bare()
                        .ip(source, destination)
                        .udp(SOURCE_PORT, PORT)
                        .payload(text(to, "datagram", family))
                        .toBytes(),
                PacketBuilder.bare()
                        .ip(source, destination)
                        .tcp(SOURCE_PORT, PORT, TcpFlag.SYN)
                        .payload(text(to, "SYN", family))
                        .toBytes(),
                PacketBuilder.bare()
                        .ip(source, destination)
                        .tcp(SOURCE_PORT, PORT, TcpFlag.ACK)
                        .payload(text(to, "ACK", family))
                        .toBytes(),
                PacketBuilder.bare()
                        .ip(source, destination)
                        .udp(SOURCE_PORT, MARKER)
                        .payload(marker(to, family))
                        .toBytes());
    }

    private String text(String to, String what, IpFamily family) {
        return "%d %s %s to %s by %s".formatted(number, trusted ? "allowed" : "forbidden", what, to, family);
    }

    private String marker(String to, IpFamily family) {
        return number + " marker to " + to + " by " + family;
    }

    /// The texts that must be heard of [#packets]: the markers, and everything else of a pod that is trusted.
    List<String> expected(String to) {
        List<String> texts = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            texts.add(marker(to, family));
            if (trusted) {
                Stream.of("datagram", "SYN", "ACK")
                        .map(what -> text(to, what, family))
                        .forEach(texts::add);
            }
        }
        return texts;
    }
}
