// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.maps.AddressKey;
import io.culvert.maps.Flow;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// Packets of clients and of other nodes at a node that has a route to the backend, with an MTU of 1500: the programs
/// run in its namespace. Clients dial the node itself, or an address that is no node's.
@SuppressWarnings("NullAway.Init") // made before each invocation of the class
abstract class DsrFixture {

    static Lab lab;
    static NodePrograms node;

    final IpFamily family;
    final boolean geneve;
    final FrontendType type;
    final DsrPackets packets;
    final String client;
    final String vip;
    final String other;
    final String backend;

    DsrFixture(IpFamily family, boolean geneve, FrontendType type) {
        this.family = family;
        this.geneve = geneve;
        this.type = type;
        boolean v4 = family == IpFamily.IPV4;
        client = v4 ? "198.51.100.7" : "2001:db8:7::7";
        String here = v4 ? PodPrograms.NODE4 : PodPrograms.NODE6;
        vip = type == NODE_PORT ? here : v4 ? "203.0.113.10" : "2001:db8:5::10";
        other = v4 ? "192.0.2.2" : "2001:db8::2";
        backend = lab.pod("b1").ip(family).toString();
        packets = new DsrPackets(family, geneve, client, vip, type == NODE_PORT ? 30080 : 443, here, other, backend);
    }

    @BeforeParameterizedClassInvocation
    static void create(IpFamily family, boolean geneve) {
        lab = Lab.builder()
                .node("here", PodAttachment.ROUTED)
                .node("there", PodAttachment.BRIDGED, "b1")
                .create();
        node = NodePrograms.load(
                object -> object.name().equals("pod") ? object : object.configure("config_dsr_geneve", geneve));
        for (String address : List.of("192.0.2.2", "2001:db8::2")) {
            node.tables.put(Tables.NODE_ADDRESSES, new AddressKey(IpAddress.of(address)), AddressKey.OTHER_NODE);
        }
    }

    @AfterParameterizedClassInvocation
    static void remove() {
        node.close();
        lab.close();
    }

    @BeforeEach
    void clear() {
        node.tables.clear();
    }

    final TestService serve(Protocol protocol, boolean here) {
        FrontendKey key = new FrontendKey(
                IpAddress.of(type != NODE_PORT ? vip : family == IpFamily.IPV4 ? "0.0.0.0" : "::"),
                packets.port(),
                protocol);
        List<String> end = List.of("[" + backend + "]:8080");
        return node.tables.service(key, type, Set.of(FrontendFlag.DSR), here ? end : List.of(), here ? List.of() : end);
    }

    private static TestRun arrives(byte[] packet) throws Exception {
        return NetworkNamespace.call(Path.of("/run/netns", lab.node("here").netns()), () -> node.arrives(packet));
    }

    static byte[] expect(int verdict, byte[] packet) throws Exception {
        TestRun run = arrives(packet);
        assertThat(run.verdict())
                .as("verdict (-1 pass, 2 drop, 7 sent elsewhere)")
                .isEqualTo(verdict);
        return run.packet();
    }

    final Flow flow(Protocol protocol) {
        return node.pods.flow(
                protocol, "[" + client + "]:" + DsrPackets.CLIENT_PORT, "[" + vip + "]:" + packets.port());
    }

    /// An ICMP error of the client about a datagram of the Service, which has `some data` in it.
    final byte[] portUnreachable() {
        return unreachable(vip, packets.port());
    }

    /// The same as the backend must see it, if its address and port are these.
    final byte[] unreachable(String address, int port) {
        boolean v4 = family == IpFamily.IPV4;
        return ethernet()
                .ip(client, address)
                .icmp(v4 ? 3 : 1, v4 ? 3 : 4)
                .embedding(ethernet()
                        .ip(address, client)
                        .udp(port, DsrPackets.CLIENT_PORT)
                        .payload("some data"))
                .toBytes();
    }
}
