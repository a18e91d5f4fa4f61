// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.Control;
import io.culvert.maps.DropReason;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendType;
import io.culvert.maps.SourceRangeKey;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.Outcome;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Addresses other than ClusterIPs on real sockets: what `sock_lb` does itself, and what it leaves to packets. No
/// program translates packets here.
@LabTest
class SocketFrontendLabTest {

    private static final int NODE_PORT = FrontendLab.NODE_PORT;
    private static final String VIP = FrontendLab.VIP;
    private static FrontendLab frontends;

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
        frontends.load(true);
    }

    @AfterEach
    void unload() {
        frontends.unload();
    }

    @Test
    void A6_11_A6_12_A6_14_A6_15_withALocalPolicyPodsAndTheNodeUseTheClusterSet() {
        TestService service = frontends.nodePort(TCP, IpFamily.IPV4, FrontendFlag.LOCAL_SET);
        frontends.tables().alsoAt(service, FrontendType.LOAD_BALANCER, VIP, 80, FrontendFlag.LOCAL_SET);
        String address = frontends.node.ip(IpFamily.IPV4).toString();

        for (LabHost host : List.of(frontends.client, frontends.node)) {
            frontends.assertAnswers(host.sockets().tcp(address, NODE_PORT), address, NODE_PORT);
            frontends.assertAnswers(host.sockets().tcp(VIP, 80), VIP, 80);
        }
        assertThat(frontends.client.sockets().tcp(VIP, 80).answer().seen().address())
                .as("a pod is not masqueraded")
                .isEqualTo(frontends.client.ip(IpFamily.IPV4));
    }

    @Test
    void A5_06_endpointsOnOtherNodesOnlyServePodsAndTheNodeAllTheSame() {
        TestService service = frontends.loadBalancer(FrontendFlag.LOCAL_SET);
        frontends.tables().publish(service, 0, 0, 1, 0);

        frontends.assertAnswers(frontends.client.sockets().tcp(VIP, 80), VIP, 80);
        frontends.assertAnswers(frontends.node.sockets().tcp(VIP, 80), VIP, 80);
    }

    @Test
    void A6_31_whereNoPodIsKnownAsOnePodsDoNotShortCircuit() {
        frontends.load(object -> object.configure("config_detects_pods", false));
        frontends.loadBalancer(FrontendFlag.LOCAL_SET);

        frontends.assertUntranslated(frontends.client, VIP, 80);
        frontends.assertAnswers(frontends.node.sockets().tcp(VIP, 80), VIP, 80);
        frontends.assertAnswers(frontends.client.sockets().tcp("10.96.0.10", 80), "10.96.0.10", 80);
    }

    @Test
    void A6_02_A6_03_whatNeedsThePodsAddressIsLeftToPackets() {
        frontends.nodePort(TCP, IpFamily.IPV4, FrontendFlag.NEEDS_CLIENT);
        frontends.loadBalancer(FrontendFlag.NEEDS_CLIENT);

        frontends.assertUntranslated(frontends.client, VIP, 80);
        assertThat(frontends
                        .client
                        .sockets()
                        .tcp(frontends.node.ip(IpFamily.IPV4), NODE_PORT)
                        .failure()
                        .errno())
                .isEqualTo("ECONNREFUSED");
        frontends.assertAnswers(frontends.node.sockets().tcp(VIP, 80), VIP, 80);
    }

    @Test
    void A9_07_theNodeIsHeldToTheSourceRanges() {
        TestService service = frontends.loadBalancer(FrontendFlag.SOURCE_RANGES, FrontendFlag.NEEDS_CLIENT);
        allow(service, "192.0.2.0/24");
        Outcome.Failure refused = frontends.node.sockets().tcp(VIP, 80).failure();
        assertThat(refused.errno()).isEqualTo("ETIMEDOUT");
        assertThat(frontends.tables().drops(DropReason.SOURCE_RANGE)).isEqualTo(1);

        allow(service, frontends.node.ip(IpFamily.IPV4) + "/32");
        frontends.assertAnswers(frontends.node.sockets().tcp(VIP, 80), VIP, 80);
    }

    @Test
    void A9_07_theAddressThatASocketIsBoundToCounts() {
        TestService service = frontends.loadBalancer(FrontendFlag.SOURCE_RANGES, FrontendFlag.NEEDS_CLIENT);
        allow(service, frontends.node.ip(IpFamily.IPV4) + "/32");

        Dial other = Dial.to(VIP, 80).from("198.18.0.1", 0);
        assertThat(frontends.node.sockets().tcp(other).failure().errno()).isEqualTo("ETIMEDOUT");
    }

    @Test
    void A9_03_A9_04_A9_05_otherAddressesOfTheServiceAreNotFiltered() {
        TestService service = frontends.nodePort(TCP, IpFamily.IPV4);
        frontends.tables().alsoAt(service, FrontendType.LOAD_BALANCER, VIP, 80, FrontendFlag.SOURCE_RANGES);
        frontends.tables().alsoAt(service, FrontendType.EXTERNAL_IP, "198.51.100.1", 80);

        frontends.assertAnswers(frontends.node.sockets().tcp("10.96.0.10", 80), "10.96.0.10", 80);
        frontends.assertAnswers(frontends.node.sockets().tcp("198.51.100.1", 80), "198.51.100.1", 80);
        frontends.assertAnswers(
                frontends.node.sockets().tcp(frontends.node.ip(IpFamily.IPV4), NODE_PORT),
                frontends.node.ip(IpFamily.IPV4).toString(),
                NODE_PORT);
        assertThat(frontends.node.sockets().tcp(VIP, 80).failure().errno()).isEqualTo("ETIMEDOUT");
    }

    @Test
    void A9_06_podsAreFilteredByThePacketPath() {
        TestService service = frontends.loadBalancer(FrontendFlag.SOURCE_RANGES);
        allow(service, frontends.node.ip(IpFamily.IPV4) + "/32");

        frontends.assertUntranslated(frontends.client, VIP, 80);
        assertThat(frontends.tables().drops(DropReason.SOURCE_RANGE)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void A5_09_otherPortsAndProtocolsOfAClusterIpAreRefused(IpFamily family) {
        TestService service = frontends.nodePort(TCP, family);
        clusterIpRange(family, Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED));
        IpAddress address = service.key().address();
        frontends.tables().put(Tables.CLUSTER_ADDRESSES, new AddressKey(address), AddressKey.REFUSE);

        for (LabHost host : List.of(frontends.client, frontends.node)) {
            assertThat(host.sockets().tcp(address, 80).answer().server()).isEqualTo("server");
            assertThat(host.sockets().tcp(address, 81).failure().errno()).isEqualTo("ECONNREFUSED");
            assertThat(host.sockets().udp(address, 80).failure().errno()).isEqualTo("ECONNREFUSED");
            assertThat(host.sockets()
                            .connectedUdp(Dial.to(address, 80))
                            .failure()
                            .stage())
                    .isEqualTo("connect");
        }
        assertThat(frontends.tables().drops(DropReason.NO_BACKEND)).isEqualTo(6);
    }

    @Test
    void anAddressThatNoServiceHasIsLeftToPackets() {
        clusterIpRange(IpFamily.IPV4, Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED));

        frontends.assertUntranslated(frontends.client, "10.96.77.77", 80);
        assertThat(frontends.tables().drops(DropReason.NO_BACKEND)).isZero();
    }

    @Test
    void A5_12_otherPortsOfAnExternalAddressAreNotOurs() {
        frontends.loadBalancer();
        clusterIpRange(IpFamily.IPV4, Set.of(Meaning.CLUSTER_IPS));

        frontends.assertUntranslated(frontends.client, VIP, 81);
    }

    private void allow(TestService service, String range) {
        frontends
                .tables()
                .put(Tables.SOURCE_RANGES, SourceRangeKey.of(service.index(), ServiceTables.prefix(range)), 1);
    }

    private void clusterIpRange(IpFamily family, Set<Meaning> meanings) {
        IpPrefix range = ServiceTables.prefix(family == IpFamily.IPV4 ? "10.96.0.0/12" : "fd00:96::/108");
        frontends
                .tables()
                .put(
                        Tables.CONTROL,
                        0,
                        Control.EMPTY.withRanges(List.of(
                                AddressRange.of(ServiceTables.prefix("192.0.2.0/24"), Set.of(Meaning.PODS)),
                                AddressRange.of(range, meanings))));
    }
}
