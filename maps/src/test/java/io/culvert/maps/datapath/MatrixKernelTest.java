// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendFlag.LOCAL_SET;
import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.EXTERNAL_IP;
import static io.culvert.maps.FrontendType.LOAD_BALANCER;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.Journey.Client;
import io.culvert.maps.datapath.Journey.Opened;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which backends a client reaches and whom they see, by client, destination and policy, for every protocol and both
/// families. One endpoint is on this node and one is not.
@KernelTest
class MatrixKernelTest extends NodeProgramsFixture {

    /// With two backends, one in a million runs misses one of them.
    private static final int ATTEMPTS = 32;

    private static final int ATTEMPTS_AT_ONE = 10;
    private static final Set<FrontendFlag> CLUSTER = Set.of();
    private static final Set<FrontendFlag> LOCAL = Set.of(LOCAL_SET);
    private static final List<FrontendType> OUTSIDE = List.of(NODE_PORT, LOAD_BALANCER, EXTERNAL_IP);

    private enum Endpoints {
        ALL,
        LOCAL_ONLY
    }

    private static String client(Client kind, IpFamily family) {
        boolean v4 = family == IpFamily.IPV4;
        return switch (kind) {
            case POD -> v4 ? "10.1.0.2" : "fd00:1::2";
            case EXTERNAL -> v4 ? "198.51.100.7" : "2001:db8:7::7";
            case NODE -> v4 ? PodPrograms.NODE4 : PodPrograms.NODE6;
        };
    }

    private static IpAddress address(FrontendType type, IpFamily family) {
        boolean v4 = family == IpFamily.IPV4;
        return IpAddress.of(
                switch (type) {
                    case CLUSTER_IP -> v4 ? "10.96.0.10" : "fd00:96::10";
                    case NODE_PORT -> v4 ? PodPrograms.NODE4 : PodPrograms.NODE6;
                    case LOAD_BALANCER -> v4 ? "203.0.113.10" : "2001:db8:203::10";
                    case EXTERNAL_IP -> v4 ? "203.0.113.99" : "2001:db8:203::99";
                });
    }

    private static int port(FrontendType type) {
        return type == NODE_PORT ? 30080 : 80;
    }

    static FrontendKey frontend(FrontendType type, IpFamily family, Protocol protocol) {
        IpAddress address = address(type, family);
        if (type == NODE_PORT) {
            address = IpAddress.of(family == IpFamily.IPV4 ? "0.0.0.0" : "::");
        }
        return new FrontendKey(address, port(type), protocol);
    }

    private static List<String> local(IpFamily family) {
        return List.of(family == IpFamily.IPV4 ? "10.1.0.3:8080" : "[fd00:1::3]:8080");
    }

    private static List<String> remote(IpFamily family) {
        return List.of(family == IpFamily.IPV4 ? "10.1.7.3:8080" : "[fd00:1:7::3]:8080");
    }

    /// Opens connections to a frontend of this type and policy, over every protocol and family.
    private static void expect(
            NodePrograms on,
            Client kind,
            FrontendType type,
            Set<FrontendFlag> policy,
            Endpoints endpoints,
            boolean masqueraded) {
        for (IpFamily family : IpFamily.values()) {
            for (Protocol protocol : Protocol.values()) {
                on.tables.clear();
                on.tables.service(frontend(type, family, protocol), type, policy, local(family), remote(family));
                Set<String> expected = new HashSet<>(local(family));
                if (endpoints == Endpoints.ALL) {
                    expected.addAll(remote(family));
                }
                Set<String> reached = new HashSet<>();
                int attempts = endpoints == Endpoints.ALL ? ATTEMPTS : ATTEMPTS_AT_ONE;
                for (int i = 0; i < attempts && reached.size() < 2; i++) {
                    IpPort client = new IpPort(IpAddress.of(client(kind, family)), 40000 + i);
                    IpPort service = new IpPort(address(type, family), port(type));
                    Opened opened = new Journey(on, protocol, kind, client, service).run();
                    reached.add(opened.backend().toString());
                    assertSeen(
                            opened.seen(),
                            client,
                            family,
                            masqueraded,
                            protocol == Protocol.UDP && kind == Client.NODE);
                }
                assertThat(reached)
                        .as("%s %s %s %s", kind, type, family, protocol)
                        .isEqualTo(expected);
            }
        }
    }

    private static void assertSeen(IpPort seen, IpPort client, IpFamily family, boolean masqueraded, boolean anyPort) {
        if (masqueraded) {
            assertThat(seen.address()).hasToString(client(Client.NODE, family));
            assertThat(seen.port()).isBetween(61000, 65535);
        } else if (anyPort) {
            assertThat(seen.address()).isEqualTo(client.address());
        } else {
            assertThat(seen).isEqualTo(client);
        }
    }

    private static void expect(
            Client kind, FrontendType type, Set<FrontendFlag> policy, Endpoints endpoints, boolean masqueraded) {
        expect(node, kind, type, policy, endpoints, masqueraded);
    }

    @Test
    void A6_01_A6_39_podToClusterIpReachesAllAsItself() {
        expect(Client.POD, CLUSTER_IP, CLUSTER, Endpoints.ALL, false);
    }

    @Test
    void A6_02_A6_03_podToNodePortAndLoadBalancerIsMasqueraded() {
        for (FrontendType type : OUTSIDE) {
            expect(Client.POD, type, CLUSTER, Endpoints.ALL, true);
        }
    }

    @Test
    void A6_04_nodeToClusterIpReachesAllAsTheNode() {
        expect(Client.NODE, CLUSTER_IP, CLUSTER, Endpoints.ALL, false);
    }

    @Test
    void A6_05_A6_06_nodeToLoadBalancerReachesAllAsTheNode() {
        for (FrontendType type : OUTSIDE) {
            expect(Client.NODE, type, CLUSTER, Endpoints.ALL, false);
        }
    }

    @Test
    void A6_07_externalToClusterIpIsMasqueraded() {
        expect(Client.EXTERNAL, CLUSTER_IP, CLUSTER, Endpoints.ALL, true);
    }

    @Test
    void A6_08_A6_09_A10_01_externalToNodePortAndLoadBalancerIsMasqueraded() {
        for (FrontendType type : OUTSIDE) {
            expect(Client.EXTERNAL, type, CLUSTER, Endpoints.ALL, true);
        }
    }

    @Test
    void A6_10_A6_13_A6_16_externalPolicyLocalDoesNotConcernClusterIps() {
        // The policy is a flag of the other frontends; the ClusterIP of the same Service has none.
        expect(Client.POD, CLUSTER_IP, CLUSTER, Endpoints.ALL, false);
        expect(Client.NODE, CLUSTER_IP, CLUSTER, Endpoints.ALL, false);
        expect(Client.EXTERNAL, CLUSTER_IP, CLUSTER, Endpoints.ALL, true);
    }

    @Test
    void A6_11_A6_12_A5_06_A9_16_podIsShortCircuitedPastExternalPolicyLocal() {
        for (FrontendType type : OUTSIDE) {
            expect(Client.POD, type, LOCAL, Endpoints.ALL, false);
        }
    }

    @Test
    void A6_14_A6_15_nodeIsShortCircuitedPastExternalPolicyLocal() {
        for (FrontendType type : OUTSIDE) {
            expect(Client.NODE, type, LOCAL, Endpoints.ALL, false);
        }
    }

    @Test
    void A6_17_A6_18_A6_41_A10_14_externalToPolicyLocalReachesThisNodeOnlyAsItself() {
        for (FrontendType type : OUTSIDE) {
            expect(Client.EXTERNAL, type, LOCAL, Endpoints.LOCAL_ONLY, false);
        }
    }

    @Test
    void A6_19_A6_21_A6_22_internalPolicyLocalReachesThisNodeOnly() {
        expect(Client.POD, CLUSTER_IP, LOCAL, Endpoints.LOCAL_ONLY, false);
        expect(Client.NODE, CLUSTER_IP, LOCAL, Endpoints.LOCAL_ONLY, false);
        expect(Client.EXTERNAL, CLUSTER_IP, LOCAL, Endpoints.LOCAL_ONLY, true);
    }

    @Test
    void A6_20_internalPolicyLocalDoesNotConcernNodePorts() {
        for (Client kind : Client.values()) {
            expect(kind, NODE_PORT, CLUSTER, Endpoints.ALL, kind != Client.NODE);
            expect(kind, LOAD_BALANCER, CLUSTER, Endpoints.ALL, kind != Client.NODE);
        }
    }

    @Test
    void A6_30_A6_31_withoutDetectionNobodyIsAPod() {
        try (NodePrograms blind = NodePrograms.load(object -> object.configure("config_detects_pods", false))) {
            expect(blind, Client.POD, CLUSTER_IP, CLUSTER, Endpoints.ALL, false);
            expect(blind, Client.EXTERNAL, CLUSTER_IP, CLUSTER, Endpoints.ALL, false);
            expect(blind, Client.POD, NODE_PORT, LOCAL, Endpoints.LOCAL_ONLY, false);
            expect(blind, Client.POD, NODE_PORT, CLUSTER, Endpoints.ALL, true);
        }
    }

    @Test
    void A6_32_masqueradeAllConcernsPodsAtClusterIpsToo() {
        try (NodePrograms all = NodePrograms.load(object -> object.configure("config_masquerade_all", true))) {
            expect(all, Client.POD, CLUSTER_IP, CLUSTER, Endpoints.ALL, true);
            expect(all, Client.EXTERNAL, CLUSTER_IP, CLUSTER, Endpoints.ALL, true);
            expect(all, Client.POD, NODE_PORT, LOCAL, Endpoints.ALL, false);
        }
    }

    @Test
    void A6_42_A7_07_aPodIsKnownByItsInterfaceOrItsAddress() {
        node.setRanges();
        try {
            expect(Client.POD, NODE_PORT, LOCAL, Endpoints.LOCAL_ONLY, false);
            PodPrograms.markTestDevice(node.pods.tables);
            expect(Client.POD, NODE_PORT, LOCAL, Endpoints.ALL, false);
        } finally {
            node.tables.remove(Tables.DEVICES, PodPrograms.TEST_DEVICE);
            node.setRanges(NodePrograms.pods("10.1.0.0/16"), NodePrograms.pods("fd00:1::/32"));
        }
    }

    @Test
    void theSamePortOfAnotherNodeOrServiceIsNoneOfOurs() {
        for (IpFamily family : IpFamily.values()) {
            node.tables.service(
                    frontend(NODE_PORT, family, Protocol.TCP), NODE_PORT, CLUSTER, local(family), remote(family));
            byte[] syn = ethernet()
                    .ip(client(Client.POD, family), family == IpFamily.IPV4 ? "192.0.2.2" : "2001:db8::2")
                    .tcp(40000, 30080, SYN)
                    .toBytes();
            assertThatPacket(node.in(syn, true)).as("A10_07").isIdenticalTo(syn);
        }
    }
}
