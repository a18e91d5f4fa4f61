// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabSockets;
import io.culvert.testkit.lab.SocketName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every kind of socket that a process may reach a Service with, in a pod and on the node.
@LabTest
class SocketKindsLabTest {

    private static final int PORT = 80;

    private static FrontendLab frontends;

    @TempDir
    private static Path directory;

    private LabPrograms programs;

    @BeforeAll
    static void create() throws IOException {
        try (InputStream stream = SocketKindsLabTest.class.getResourceAsStream("socket_kinds.py")) {
            Files.copy(Objects.requireNonNull(stream), program());
        }
        frontends = new FrontendLab();
    }

    @AfterAll
    static void remove() {
        frontends.close();
    }

    @BeforeEach
    void load() {
        programs = frontends.load(false);
        for (IpFamily family : IpFamily.values()) {
            String backend = "[" + frontends.server.ip(family) + "]:8080";
            programs.tables.service(TCP, vip(family), PORT, backend);
            programs.tables.service(UDP, vip(family), PORT, backend);
        }
    }

    @AfterEach
    void unload() {
        frontends.unload();
    }

    private static Path program() {
        return directory.resolve("socket_kinds.py");
    }

    private static String vip(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    private static ExecResult run(LabHost host, String kind, IpFamily family) {
        return host.exec(
                "python3",
                program().toString(),
                kind,
                vip(family),
                Integer.toString(PORT),
                frontends.server.ip(family).toString());
    }

    private static void assertPeer(String kind, String expected) {
        for (IpFamily family : IpFamily.values()) {
            for (LabHost host : List.of(frontends.client, frontends.node)) {
                assertThat(run(host, kind, family).orThrow().strip())
                        .as("%s on %s over %s", kind, host, family)
                        .isEqualTo(expected.formatted(vip(family), frontends.server.ip(family)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bound",
                "nonblocking",
                "reuse_port",
                "fast_open",
                "fast_open_connect",
                "io_uring",
                "connected_datagrams",
                "datagram",
                "datagram_of_connected",
                "packet_info"
            })
    void A21_28_A21_02_everyKindOfSocketReachesTheServiceAndSeesItAsItsPeer(String kind) {
        assertPeer(kind, "server 8080 %1$s 80");
    }

    /// The connection is made by a socket of the kernel's own; the one that the process has is not told of it.
    @Test
    void A21_28_multipathTcpReachesTheServiceAndSeesTheBackend() {
        assertPeer("multipath", "server 8080 %2$s 8080");
    }

    @Test
    void A21_28_aRawSocketIsLeftAlone() {
        assertPeer("raw", "raw 0 %1$s 80");
        assertThat(programs.tables.drops(DropReason.NO_BACKEND)).isZero();
    }

    @Test
    void A21_02_aSocketThatConnectsElsewhereForgetsTheService() {
        assertPeer("reconnected", "server 8080 %2$s 8080");
    }

    /// The hooks for IPv6 sockets are what serves IPv4 addresses on them.
    @ParameterizedTest
    @EnumSource(names = "IPV4")
    void A21_29_mappedAddressesWhereIpv6IsOff(IpFamily family) {
        String ipv6 = "net.ipv6.conf.all.disable_ipv6";
        frontends.client.exec("sysctl", "-qw", ipv6 + "=1").orThrow();
        try {
            Dial mapped = Dial.to(vip(family), PORT).mapped();
            LabSockets sockets = frontends.client.sockets();
            SocketName service = new SocketName(IpAddress.of(vip(family)), PORT);

            assertThat(sockets.tcp(mapped).answer().peer()).isEqualTo(service);
            assertThat(sockets.udp(mapped).answer().peer()).isEqualTo(service);
            assertThat(sockets.connectedUdp(mapped).answer().peer()).isEqualTo(service);
        } finally {
            frontends.client.exec("sysctl", "-qw", ipv6 + "=0").orThrow();
        }
    }
}
