// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.loader.XdpMode;
import io.culvert.maps.AddressKey;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.Tables;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The program before the stack tells what the hooks of the device tell: same kinds of events, interfaces, ends and
/// Services.
@LabTest
final class XdpEventLabTest {

    private static final int PORT = 30080;

    private static Lab lab;
    private static LabNode node;
    private static LabPrograms programs;
    private static LabXdp wire;
    private static EventLog log;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("here", PodAttachment.ROUTED)
                .node("there", PodAttachment.BRIDGED, "backend")
                .create();
        node = lab.node("here");
        lab.pod("backend").sockets().serve(8080);
        LabXdp.finishChecksums(lab, "n1", true);
        wire = LabXdp.attachToWire(lab, "n1");
        programs = LabPrograms.load(node).attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
        log = new EventLog(programs.object());
    }

    @AfterAll
    static void remove() {
        log.close();
        wire.close();
        programs.close();
        lab.close();
    }

    private static void serve(IpFamily family) {
        programs.tables.clear();
        programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            FrontendKey key = new FrontendKey(IpAddress.of(family == IpFamily.IPV4 ? "0.0.0.0" : "::"), PORT, protocol);
            String backend = "[" + lab.pod("backend").ip(family) + "]:8080";
            programs.tables.service(key, NODE_PORT, Set.of(), List.of(), List.of(backend));
        }
    }

    /// What is told of a connection to a NodePort whose backend is on the other node, without what differs each time.
    /// Of acknowledgements there may be more or fewer.
    private static Set<String> told(EventLevel level, IpFamily family) {
        Dial dial = Dial.to(node.ip(family).toString(), PORT);
        // Neighbours are known from then on.
        assertThat(lab.outside().sockets().udp(dial).answer().server()).isEqualTo("backend");
        log.begin(level);
        Outcome.Answer answer = lab.outside().sockets().tcp(dial).answer();
        assertThat(answer.server()).isEqualTo("backend");
        List<Event> events = new ArrayList<>();
        await().until(() -> {
            // Of the connection before there may be a last packet.
            log.take().stream()
                    .filter(event -> isOf(event, answer.local().port()))
                    .forEach(events::add);
            return events.stream().anyMatch(event -> event.kind() == EventKind.CLOSE);
        });
        return events.stream().map(XdpEventLabTest::summary).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOf(Event event, int client) {
        return event.protocol() == Protocol.TCP.number()
                && (event.source().port() == client || event.destination().port() == client);
    }

    private static String summary(Event event) {
        return "%s %s at %s of %d: flags %x from %s to %s (%s), Service %d, %s"
                .formatted(
                        event.kind(),
                        event.verdict(),
                        event.hook(),
                        event.ifindex(),
                        event.tcpFlags() & ~0x8,
                        event.source().address(),
                        event.destination().address(),
                        event.translated().address(),
                        event.service(),
                        event.flags());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void eventsAreThoseOfTheDevicesHooks(EventLevel level) {
        for (IpFamily family : IpFamily.values()) {
            serve(family);
            Set<String> stack = told(level, family);
            assertThat(stack.stream().anyMatch(line -> line.contains(EventHook.TO_NETWORK + " of")))
                    .isEqualTo(level == EventLevel.NONE);

            for (XdpMode mode : XdpMode.values()) {
                try (LabXdp _ = programs.attachXdp(node, mode)) {
                    long before = LabXdp.forwarded(node, family);

                    assertThat(told(level, family)).as("%s, %s", family, mode).isEqualTo(stack);
                    // A packet of before may have been on its way.
                    assertThat(LabXdp.forwarded(node, family) - before < 3).isEqualTo(isBeforeTheStack(level));
                }
            }
        }
    }

    /// Where all packets are told of, XDP leaves them to the stack.
    private static boolean isBeforeTheStack(EventLevel level) {
        return level == EventLevel.MAXIMUM || level == EventLevel.MEDIUM;
    }
}
