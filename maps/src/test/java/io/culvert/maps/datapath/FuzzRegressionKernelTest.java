// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Mistakes that the fuzz against the model found, one test each.
@KernelTest
class FuzzRegressionKernelTest extends NodeProgramsFixture {

    /// A Service at a port of `config_source_ports`, where the flow table is looked at although there is no frontend.
    @Test
    void whatAsksForAServiceThatIsGoneDoesNotGoOnWithItsConnection() {
        for (Protocol protocol : new Protocol[] {Protocol.TCP, Protocol.UDP}) {
            TestService service = node.tables.service(protocol, "10.96.0.10", 61001, "10.1.0.3:8080");
            var ip = ethernet().ip("10.1.0.2", "10.96.0.10");
            byte[] asking = protocol == Protocol.TCP
                    ? ip.tcp(40000, 61001, SYN).toBytes()
                    : ip.udp(40000, 61001).toBytes();
            assertThatPacket(node.in(asking, true)).hasDestination("10.1.0.3", 8080);
            node.tables.remove(Tables.FRONTENDS, service.key());

            assertThatPacket(node.in(asking, true)).isIdenticalTo(asking);
        }
    }

    @Test
    void laterFragmentsOfAMasqueradedClientKeepItsEntryAlive() {
        FrontendKey key = new FrontendKey(IpAddress.of("0.0.0.0"), 30080, Protocol.UDP);
        node.tables.service(key, FrontendType.NODE_PORT, Set.of(), List.of("10.1.0.3:8080"), List.of());
        List<byte[]> entered =
                ethernet()
                        .ip("198.51.100.7", PodPrograms.NODE4)
                        .udp(40000, 30080)
                        .payload(new byte[40])
                        .fragments(24)
                        .stream()
                        .map(fragment -> node.in(fragment, false))
                        .toList();
        byte[] _ = node.out(entered.getFirst(), true);
        node.pods.age(node.pods.flow(Protocol.UDP, "198.51.100.7:40000", "10.1.0.3:8080"), 40);

        assertThat(node.out(entered.getLast(), true)).isNotEqualTo(entered.getLast());
        long last = node.pods
                .flow(Protocol.UDP, "198.51.100.7:40000", "10.1.0.3:8080")
                .lastSeen();
        assertThat(System.nanoTime() - last).isLessThan(30_000_000_000L);
    }
}
