// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendFlag.LOCAL_SET;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.DropReason;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.OpenSocket;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A flood of SYNs with forged sources against a NodePort whose backend listens, and a flow table of a few thousand
/// entries.
@LabTest
class FloodLabTest {

    private static final int ENTRIES = 4096;
    private static final int SYNS = 20 * ENTRIES;
    private static final int ESTABLISHED = 30;

    /// arguments: family, destination, port, number of SYNs
    private static final String FLOOD = """
            import socket, struct, sys
            family, to, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
            v4 = family == "IPV4"
            af = socket.AF_INET if v4 else socket.AF_INET6
            target = socket.inet_pton(af, to)
            raw = socket.socket(af, socket.SOCK_RAW, socket.IPPROTO_RAW)
            def checksum(data):
                total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
                while total >> 16:
                    total = (total & 0xffff) + (total >> 16)
                return ~total & 0xffff
            sent = 0
            for i in range(count):
                source = (b"\\xc6\\x12" if v4 else socket.inet_pton(af, "2001:db8:5eed::")[:14]) + struct.pack("!H", i >> 8)
                sport = 1024 + (i & 0xff)
                pseudo = source + target + struct.pack("!II", 6, 20)
                tcp = struct.pack("!HHIIBBHHH", sport, port, i, 0, 0x50, 2, 1000, 0, 0)
                tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
                if v4:
                    head = struct.pack("!BBHHHBBH", 0x45, 0, 40, 0, 0, 64, 6, 0) + source + target
                    address = (to, 0)
                else:
                    head = struct.pack("!IHBB", 6 << 28, 20, 6, 64) + source + target
                    address = (to, 0, 0, 0)
                try:
                    raw.sendto(head + tcp, address)
                    sent += 1
                except OSError:
                    pass
            print("sent", sent)
            """;

    private static Lab lab;
    private static LabNode node;
    private static LabPrograms programs;

    @BeforeAll
    static void create() {
        lab = Lab.builder().node("here", PodAttachment.ROUTED, "r1").create();
        node = lab.node("here");
        programs = LabPrograms.load(
                        node, object -> object.maxEntries("flows", ENTRIES).maxEntries("opened", ENTRIES / 2))
                .attachPods(node)
                .attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
        for (IpFamily family : IpFamily.values()) {
            programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
        }
        lab.pod("r1").sockets().serveTcp(8080);
    }

    @AfterAll
    static void remove() {
        programs.close();
        lab.close();
    }

    @BeforeEach
    void clear() {
        programs.tables.clear();
    }

    @ParameterizedTest
    @CsvSource({"IPV4, true", "IPV6, true", "IPV4, false", "IPV6, false"})
    void A13_17_connectionsAreOpenedAndGoOnDuringAFlood(IpFamily family, boolean local) {
        FrontendKey key =
                new FrontendKey(IpAddress.of(family == IpFamily.IPV4 ? "0.0.0.0" : "::"), 30080, Protocol.TCP);
        Set<FrontendFlag> flags = local ? Set.of(LOCAL_SET) : Set.of();
        programs.tables.service(
                key, NODE_PORT, flags, List.of("[" + lab.pod("r1").ip(family) + "]:8080"), List.of());
        Dial dial = Dial.to(node.ip(family), 30080).within(Duration.ofSeconds(8));
        List<TcpConnection> established = new ArrayList<>();
        try {
            for (int i = 0; i < ESTABLISHED; i++) {
                established.add(lab.outside().sockets().openTcp(dial));
            }
            long before =
                    programs.tables.get(Tables.OPENED_RING, 0).orElseThrow().evicted();
            String to = node.ip(family).toString();
            LabProcess flood = lab.outside()
                    .start("flood", List.of("python3", "-c", FLOOD, family.name(), to, "30080", "" + SYNS));
            int during = 0;
            while (flood.isAlive()) {
                assertThat(lab.outside().sockets().tcp(dial).answer().server()).isEqualTo("r1");
                during++;
            }

            flood.awaitLine("sent " + SYNS, Duration.ofSeconds(1));
            for (TcpConnection connection : established) {
                connection.exchange("still there").answer();
            }
            assertThat(during).isGreaterThan(10);
            assertThat(programs.tables.get(Tables.OPENED_RING, 0).orElseThrow().evicted() - before)
                    .isGreaterThan(SYNS / 2);
            assertThat(programs.tables.drops(DropReason.FLOW_TABLE_FULL))
                    .as("SYNs that found the ring full of what the test before left")
                    .isLessThan(10);
        } finally {
            established.forEach(OpenSocket::close);
        }
    }
}
