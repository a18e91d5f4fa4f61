// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.maps.Flow;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// ICMP errors about translated connections, in both directions, from the ends themselves, from routers and from this
/// node. Each is compared byte by byte with one that was built about the packet that its receiver sent.
@KernelTest
class IcmpErrorKernelTest extends NodeProgramsFixture {

    private final IcmpErrors errors = new IcmpErrors();

    private static IpPort end(IpFamily family, String v4, String v6, int port) {
        return new IpPort(IpAddress.of(family == IpFamily.IPV4 ? v4 : v6), port);
    }

    private static IpPort pod(IpFamily family) {
        return end(family, "10.1.0.2", "fd00:1::2", 40000);
    }

    private static IpPort outside(IpFamily family) {
        return end(family, "198.51.100.7", "2001:db8:7::7", 40000);
    }

    private static IpPort clusterIp(IpFamily family) {
        return end(family, "10.96.0.10", "fd00:96::10", 80);
    }

    private static IpPort nodePort(IpFamily family) {
        return end(family, PodPrograms.NODE4, PodPrograms.NODE6, 30080);
    }

    private static IpPort backend(IpFamily family) {
        return end(family, "10.1.7.3", "fd00:1:0:7::3", 8080);
    }

    private static IpAddress router(IpFamily family) {
        return end(family, "203.0.113.1", "2001:db8:1::1", 0).address();
    }

    private static void service(Protocol protocol, FrontendType type, IpPort at, IpPort backend) {
        IpAddress address =
                type == CLUSTER_IP ? at.address() : IpAddress.of(at.address().isV4() ? "0.0.0.0" : "::");
        FrontendKey key = new FrontendKey(address, at.port(), protocol);
        String text = "[" + backend.address() + "]:" + backend.port();
        node.tables.service(key, type, Set.of(), List.of(), List.of(text));
    }

    static Stream<Arguments> cases() {
        return Stream.of(IpFamily.values())
                .flatMap(family -> Stream.of(Protocol.values()).map(protocol -> Arguments.of(family, protocol)));
    }

    private static byte[] fromNode(byte[] packet) {
        TestRun run = node.sends(packet);
        assertThat(run.verdict()).isEqualTo(PodPrograms.PASS);
        return run.packet();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void A12_05_aboutAMasqueradedConnection(IpFamily family, Protocol protocol) {
        IpPort client = outside(family);
        IpPort service = nodePort(family);
        service(protocol, NODE_PORT, service, backend(family));
        var opened = new Journey(node, protocol, Journey.Client.EXTERNAL, client, service).run();
        IpPort backend = opened.backend();
        IpPort seen = opened.seen();
        for (IpAddress reporter : List.of(router(family), backend.address())) {
            for (IcmpErrors.Quote quote : errors.quotes(family, protocol)) {
                byte[] entered = node.in(quote.error(reporter, seen, backend), false);
                assertThatPacket(entered).isIdenticalTo(quote.errorTo(client, reporter, client, backend));
                IpAddress shown = reporter.equals(backend.address()) ? service.address() : reporter;
                assertThatPacket(node.out(entered, false)).isIdenticalTo(quote.error(shown, client, service));
            }
        }
        for (IpAddress reporter : List.of(router(family), client.address())) {
            for (IcmpErrors.Quote quote : errors.quotes(family, protocol)) {
                byte[] entered = node.in(quote.error(reporter, service, client), false);
                assertThatPacket(entered).isIdenticalTo(quote.error(reporter, backend, client));
                IpAddress shown = reporter.equals(client.address()) ? seen.address() : reporter;
                assertThatPacket(node.out(entered, false)).isIdenticalTo(quote.error(shown, backend, seen));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void A12_05_ofThisNodeAboutWhatItForwards(IpFamily family, Protocol protocol) {
        IpPort client = outside(family);
        IpPort service = nodePort(family);
        service(protocol, NODE_PORT, service, backend(family));
        var opened = new Journey(node, protocol, Journey.Client.EXTERNAL, client, service).run();
        for (IcmpErrors.Quote quote : errors.quotes(family, protocol)) {
            assertThatPacket(fromNode(quote.error(service.address(), client, opened.backend())))
                    .isIdenticalTo(quote.error(service.address(), client, service));
            assertThatPacket(fromNode(quote.error(service.address(), opened.backend(), client)))
                    .isIdenticalTo(quote.error(service.address(), opened.backend(), opened.seen()));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void A12_05_aboutAConnectionOfAPod(IpFamily family, Protocol protocol) {
        IpPort client = pod(family);
        IpPort service = clusterIp(family);
        service(protocol, CLUSTER_IP, service, backend(family));
        IpPort backend = new Journey(node, protocol, Journey.Client.POD, client, service)
                .run()
                .backend();
        Flow before = node.pods.flow(protocol, client.toString(), service.toString());
        for (IcmpErrors.Quote quote : errors.quotes(family, protocol)) {
            byte[] entered = node.in(quote.error(backend.address(), client, backend), false);
            assertThatPacket(entered).isIdenticalTo(quote.error(backend.address(), client, backend));
            assertThatPacket(node.out(entered, true)).isIdenticalTo(quote.error(service.address(), client, service));

            entered = node.in(quote.error(client.address(), service, client), true);
            assertThatPacket(entered).isIdenticalTo(quote.error(client.address(), backend, client));
            assertThatPacket(node.out(entered, false)).isIdenticalTo(entered);
        }
        assertThat(node.pods.flow(protocol, client.toString(), service.toString()))
                .as("no error refreshes or changes a connection")
                .isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void A12_05_aboutAConnectionOfThisNode(IpFamily family, Protocol protocol) {
        IpPort client = new IpPort(nodePort(family).address(), 40000);
        IpPort service = clusterIp(family);
        service(protocol, CLUSTER_IP, service, backend(family));
        var opened = new Journey(node, protocol, Journey.Client.NODE, client, service).run();
        for (IcmpErrors.Quote quote : errors.quotes(family, protocol)) {
            assertThatPacket(node.in(quote.error(router(family), opened.seen(), opened.backend()), false))
                    .isIdenticalTo(quote.error(router(family), client, service));
            TestRun run = node.sends(quote.error(client.address(), service, client));
            assertThat(run.verdict()).isIn(PodPrograms.PASS, PodPrograms.TURNED);
            assertThatPacket(run.packet())
                    .isIdenticalTo(quote.error(client.address(), opened.backend(), opened.seen()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void A12_05_ofAPodThatReachesItself(IpFamily family) {
        IpPort client = pod(family);
        IpPort self = new IpPort(client.address(), 8080);
        service(Protocol.UDP, CLUSTER_IP, clusterIp(family), self);
        byte[] question = errors.packet(Protocol.UDP, client, clusterIp(family)).toBytes();
        byte[] sent = node.pods.ingress(question).packet();
        var view = io.culvert.testkit.packet.PacketView.of(sent);
        IpPort seen = new IpPort(view.source(), view.sourcePort());
        for (IcmpErrors.Quote quote : errors.quotes(family, Protocol.UDP)) {
            TestRun run = node.pods.ingress(quote.error(self.address(), seen, self));
            assertThat(run.verdict()).isEqualTo(PodPrograms.TURNED);
            assertThat(Arrays.copyOfRange(run.packet(), 12, run.packet().length))
                    .isEqualTo(Arrays.copyOfRange(
                            quote.error(clusterIp(family).address(), client, clusterIp(family)),
                            12,
                            run.packet().length));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void othersAreLeftAlone(IpFamily family, Protocol protocol) {
        IpPort client = outside(family);
        IpPort service = nodePort(family);
        service(protocol, NODE_PORT, service, backend(family));
        var opened = new Journey(node, protocol, Journey.Client.EXTERNAL, client, service).run();
        IpPort seen = opened.seen();
        IpPort other = new IpPort(opened.backend().address(), 9999);
        for (IcmpErrors.Quote quote : errors.quotes(family, protocol)) {
            assertUntouched(quote.error(router(family), seen, other));
            assertUntouched(quote.errorTo(client, router(family), seen, opened.backend()));
            byte[] echo = quote.error(router(family), seen, opened.backend());
            echo[errors.typeOffset(family)] = (byte) (family == IpFamily.IPV4 ? 8 : 128);
            assertUntouched(echo);
        }
        assertUntouched(errors.aboutLaterFragment(router(family), seen, opened.backend()));
        byte[] whole = errors.quotes(family, protocol).getFirst().error(router(family), seen, opened.backend());
        int network = family == IpFamily.IPV4 ? 34 : 54;
        for (int length = network; length < whole.length; length++) {
            assertUntouched(Arrays.copyOf(whole, length));
        }
    }

    private static void assertUntouched(byte[] packet) {
        assertThat(node.in(packet, false)).isEqualTo(packet);
        assertThat(node.out(packet, false)).isEqualTo(packet);
        assertThat(fromNode(packet)).isEqualTo(packet);
    }
}
