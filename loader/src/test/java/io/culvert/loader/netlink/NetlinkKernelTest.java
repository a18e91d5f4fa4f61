// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@KernelTest(commands = "ip")
@Timeout(60)
final class NetlinkKernelTest {

    private final TestNamespace namespace = new TestNamespace();

    @AfterEach
    void removeNamespace() {
        namespace.close();
    }

    @Test
    void listsWhatWasConfigured() {
        try (var pod = new TestNamespace()) {
            namespace.ip("link add pod0 type veth peer name eth0 netns " + pod.name());
            namespace.ip("link set pod0 up");
            pod.ip("link set eth0 up");
            namespace.ip("addr add 10.1.0.1/24 dev pod0");
            namespace.ip("addr add fd01::1/64 dev pod0 nodad");
            namespace.ip("route add default via 10.1.0.2");
            namespace.ip("neigh add 10.1.0.2 lladdr 02:00:00:00:00:07 dev pod0 nud permanent");
            Link pod0 = link("pod0");
            Link eth0 = pod.call(Rtnetlink::links).stream()
                    .filter(link -> link.name().equals("eth0"))
                    .findFirst()
                    .orElseThrow();
            assertThat(pod0.up()).isTrue();
            assertThat(pod0.kind()).isEqualTo("veth");
            assertThat(pod0.peer()).hasValue(eth0.index());
            assertThat(pod0.peerNamespace()).isPresent();
            assertThat(namespace.call(Rtnetlink::addresses))
                    .contains(
                            new InterfaceAddress(pod0.index(), IpAddress.of("10.1.0.1"), 24, true, true),
                            new InterfaceAddress(pod0.index(), IpAddress.of("fd01::1"), 64, true, true));
            assertThat(namespace.call(Rtnetlink::routes))
                    .filteredOn(Route::isDefault)
                    .extracting(route -> route.hops().getFirst().gateway().orElseThrow())
                    .containsExactly(IpAddress.of("10.1.0.2"));
            assertThat(namespace.call(Rtnetlink::neighbours))
                    .anySatisfy(
                            neighbour -> assertThat(neighbour.hardwareAddress().map(MacAddress::toString))
                                    .contains("02:00:00:00:00:07"));
        }
    }

    @Test
    void listsThousandsOfRoutes() {
        namespace.ip("link set lo up");
        namespace.batch(IntStream.range(0, 5_000)
                .mapToObj(i -> "route add 10.%d.%d.0/24 dev lo".formatted(i / 256, i % 256))
                .toList());
        assertThat(namespace.call(Rtnetlink::routes))
                .filteredOn(route -> route.destination().length() == 24 && route.table() == Route.MAIN_TABLE)
                .hasSize(5_000);
    }

    @Test
    void reportsChangesUntilClosed() {
        var listener = new RecordingListener();
        try (NetworkMonitor _ = namespace.call(() -> NetworkMonitor.start(listener))) {
            namespace.ip("link add pod0 type veth peer name pod1");
            int index = link("pod0").index();
            namespace.ip("addr add 10.1.0.1/24 dev pod0");
            namespace.ip("link set pod0 up");
            namespace.ip("link set pod1 up");
            var address = new InterfaceAddress(index, IpAddress.of("10.1.0.1"), 24, true, true);
            await().until(() -> listener.saw(false, address));
            await().until(() -> listener.saw(
                    false, Route.class, route -> route.destination().equals(address.prefix())));
            await().until(() -> listener.saw(false, Link.class, link -> link.index() == index && link.up()));
            namespace.ip("addr del 10.1.0.1/24 dev pod0");
            await().until(() -> listener.saw(true, address));
            namespace.ip("link del pod0");
            await().until(() -> listener.saw(true, Link.class, link -> link.index() == index));
        }
        int reports = listener.changes.size();
        namespace.ip("link add pod2 type veth peer name pod3");
        assertThat(link("pod2").up()).isFalse();
        assertThat(listener.changes).hasSize(reports);
        assertThat(listener.failures).isEmpty();
    }

    @Test
    void doesNotTakeAPortThatLeavesItsBridgeForARemovedLink() {
        namespace.ip("link add br0 type bridge");
        namespace.ip("link add port0 type veth peer name port1");
        namespace.ip("link set port0 master br0");
        var listener = new RecordingListener();
        try (NetworkMonitor _ = namespace.call(() -> NetworkMonitor.start(listener))) {
            namespace.ip("link set port0 nomaster");
            namespace.ip("link add last type veth peer name later");
            await().until(() ->
                    listener.saw(false, Link.class, link -> link.name().equals("last")));
            assertThat(listener.changes).noneMatch(NetworkChange::removed);
            assertThat(listener.saw(
                            false,
                            Link.class,
                            link -> link.name().equals("port0") && link.master().isEmpty()))
                    .isTrue();
        }
    }

    @Test
    void stationsOfABridgeAreListedAndFollowed() {
        try (var pod = new TestNamespace()) {
            namespace.ip("link add br0 type bridge");
            namespace.ip("link set br0 up");
            namespace.ip("addr add 10.1.0.1/24 dev br0");
            namespace.ip("link add pod0 type veth peer name eth0 netns " + pod.name());
            namespace.ip("link set pod0 master br0 up");
            var listener = new RecordingListener();
            try (NetworkMonitor _ = namespace.call(() -> NetworkMonitor.startNeighbours(listener))) {
                pod.ip("link set eth0 address 02:00:00:00:00:07 up");
                pod.ip("addr add 10.1.0.2/24 dev eth0");
                int bridge = link("br0").index();
                namespace.call(() -> {
                    Rtnetlink.askForNeighbour(bridge, IpAddress.of("10.1.0.2"));
                    return bridge;
                });
                BridgeEntry station =
                        new BridgeEntry(bridge, link("pod0").index(), new MacAddress(0x02_00_00_00_00_07L), false);
                await().until(() -> listener.saw(false, station));
                await().until(() -> listener.saw(
                        false,
                        Neighbour.class,
                        neighbour -> neighbour.address().equals(IpAddress.of("10.1.0.2")) && neighbour.usable()));
                assertThat(namespace.call(Rtnetlink::bridgeEntries))
                        .contains(station)
                        .anyMatch(BridgeEntry::own);
                namespace.ip("link del pod0");
                await().until(() -> listener.saw(true, station));
            }
        }
    }

    /// The listener blocks at the first report, so that the socket overflows; then it has to be told.
    @Test
    void saysThatChangesWereLost() throws InterruptedException {
        namespace.ip("link set lo up");
        CountDownLatch mayGoOn = new CountDownLatch(1);
        AtomicInteger losses = new AtomicInteger();
        var listener = new RecordingListener() {
            @Override
            public void changed(NetworkChange change) {
                try {
                    mayGoOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                super.changed(change);
            }

            @Override
            public void lost() {
                losses.incrementAndGet();
            }
        };
        try (NetworkMonitor _ = namespace.call(() -> NetworkMonitor.start(listener, 8 << 10))) {
            namespace.batch(IntStream.range(0, 500)
                    .mapToObj(i -> "route add 10.%d.%d.0/24 dev lo".formatted(i / 256, i % 256))
                    .toList());
            mayGoOn.countDown();
            await().until(() -> losses.get() > 0);
            assertThat(listener.changes).hasSizeLessThan(500);
            namespace.ip("route add 192.0.2.0/24 dev lo");
            await().until(() -> listener.saw(
                    false, Route.class, route -> route.destination().toString().equals("192.0.2.0/24")));
        }
        assertThat(listener.failures).isEmpty();
    }

    @Test
    void closesFromWithinTheListenerAndTwice() {
        CountDownLatch closed = new CountDownLatch(1);
        var monitors = new CompletableFuture<NetworkMonitor>();
        var listener = new RecordingListener() {
            @Override
            public void changed(NetworkChange change) {
                monitors.join().close();
                closed.countDown();
            }
        };
        monitors.complete(namespace.call(() -> NetworkMonitor.start(listener)));
        namespace.ip("link set lo up");
        await().until(() -> closed.getCount() == 0);
        monitors.join().close();
        monitors.join().close();
    }

    @Test
    void tellsNamespacesApartByTheirCookies() {
        long here = NetworkNamespace.currentCookie();
        long there = namespace.call(NetworkNamespace::currentCookie);
        assertThat(there).isNotEqualTo(here).isNotZero();
        assertThat(namespace.call(NetworkNamespace::currentCookie)).isEqualTo(there);
        assertThat(NetworkNamespace.currentCookie()).isEqualTo(here);
    }

    @Test
    void saysWhyANamespaceCannotBeEntered() {
        assertThatThrownBy(() -> NetworkNamespace.call(Path.of("/run/netns/culvert-absent"), () -> 1))
                .isInstanceOf(NetlinkException.class)
                .hasMessage("open the network namespace /run/netns/culvert-absent: No such file or directory (ENOENT)");
        assertThatThrownBy(() -> NetworkNamespace.call(Path.of("/dev/null"), () -> 1))
                .isInstanceOf(NetlinkException.class)
                .hasMessageContaining("(EINVAL)");
    }

    private Link link(String name) {
        return namespace.call(Rtnetlink::links).stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
