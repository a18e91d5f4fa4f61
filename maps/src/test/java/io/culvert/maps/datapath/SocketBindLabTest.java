// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.LabHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What bind(2) says to processes that ask for a NodePort.
@LabTest
class SocketBindLabTest {

    private static final int NODE_PORT = FrontendLab.NODE_PORT;
    private static final String BIND = """
            import errno, socket, sys
            family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
            kind = socket.SOCK_STREAM if sys.argv[2] == 'tcp' else socket.SOCK_DGRAM
            try:
                socket.socket(family, kind).bind((sys.argv[1], int(sys.argv[3])))
                print('bound')
            except OSError as e:
                print(errno.errorcode[e.errno])
            """;

    private static FrontendLab frontends;
    private LabPrograms programs;

    @BeforeAll
    static void create() {
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
            frontends.nodePort(TCP, family);
        }
    }

    @AfterEach
    void unload() {
        frontends.unload();
    }

    private void protect() {
        programs.protectNodePorts(frontends.node.cgroupRoot());
    }

    private static String bind(LabHost host, String address, String protocol, int port) {
        return host.exec("python3", "-c", BIND, address, protocol, Integer.toString(port))
                .orThrow()
                .strip();
    }

    @Test
    void A21_30_unlessAskedForNodePortsMayBeBound() {
        assertThat(bind(frontends.node, "0.0.0.0", "tcp", NODE_PORT)).isEqualTo("bound");
        assertThat(bind(frontends.node, "::", "tcp", NODE_PORT)).isEqualTo("bound");
    }

    @Test
    void withProtectionTheyAreInUseWhereverTheyAreServed() {
        protect();

        for (String address : new String[] {
            "0.0.0.0",
            "::",
            "::ffff:0.0.0.0",
            frontends.node.ip(IpFamily.IPV4).toString(),
            frontends.node.ip(IpFamily.IPV6).toString()
        }) {
            assertThat(bind(frontends.node, address, "tcp", NODE_PORT))
                    .as(address)
                    .isEqualTo("EADDRINUSE");
        }
        assertThat(programs.tables.drops(DropReason.NODE_PORT_BIND)).isEqualTo(5);
    }

    @Test
    void withProtectionEverythingElseIsBoundAsBefore() {
        protect();

        assertThat(bind(frontends.node, FrontendLab.OTHER, "tcp", NODE_PORT))
                .as("an address without NodePorts")
                .isEqualTo("bound");
        assertThat(bind(frontends.node, "127.0.0.1", "tcp", NODE_PORT)).isEqualTo("bound");
        assertThat(bind(frontends.node, "0.0.0.0", "udp", NODE_PORT))
                .as("another protocol")
                .isEqualTo("bound");
        assertThat(bind(frontends.node, "0.0.0.0", "tcp", NODE_PORT + 1))
                .as("no NodePort")
                .isEqualTo("bound");
        assertThat(bind(frontends.node, "0.0.0.0", "tcp", 0)).as("any port").isEqualTo("bound");
        assertThat(programs.tables.drops(DropReason.NODE_PORT_BIND)).isZero();
    }

    @Test
    void withProtectionPodsBindWhatTheyLike() {
        protect();
        frontends.nodePort(UDP, IpFamily.IPV4);

        assertThat(bind(frontends.server, "0.0.0.0", "tcp", NODE_PORT)).isEqualTo("bound");
        assertThat(bind(frontends.server, "::", "udp", NODE_PORT)).isEqualTo("bound");
    }

    @Test
    void withLocalhostNodePortsLoopbackIsProtectedToo() {
        programs = frontends.load(true);
        frontends.nodePort(TCP, IpFamily.IPV4);
        protect();

        assertThat(bind(frontends.node, "127.0.0.1", "tcp", NODE_PORT)).isEqualTo("EADDRINUSE");
    }
}
