// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
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

/// The fast path tells what the stack's hooks tell: same kinds of events, hooks, interfaces, ends and Services.
@LabTest
final class FastPathEventLabTest {

    private static Lab lab;
    private static LabPrograms programs;
    private static EventLog log;

    @BeforeAll
    static void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        lab.pod("server").sockets().serve(8080);
        programs = LabPrograms.load(node()).attachPods(node());
        log = new EventLog(programs.object());
    }

    @AfterAll
    static void remove() {
        log.close();
        programs.close();
        lab.close();
    }

    private static LabNode node() {
        return lab.node("n1");
    }

    /// What is told of a connection and of a datagram to a Service, without what differs each time. Of acknowledgements
    /// there may be more or fewer.
    private static Set<String> told(EventLevel level, IpFamily family, boolean fast) {
        String vip = family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
        LabPod client = lab.pod("client");
        programs.tables.clear();
        programs.tables.service(TCP, vip, 80, "[" + lab.pod("server").ip(family) + "]:8080");
        programs.tables.service(UDP, vip, 80, "[" + lab.pod("server").ip(family) + "]:8080");
        programs.fastPath(node(), fast);
        log.begin(level);
        assertThat(client.sockets().tcp(vip, 80).answer().server()).isEqualTo("server");
        assertThat(client.sockets().udp(vip, 80).answer().server()).isEqualTo("server");
        List<Event> events = new ArrayList<>();
        await().until(() -> {
            events.addAll(log.take());
            return level == EventLevel.OFF || events.stream().anyMatch(event -> event.kind() == EventKind.CLOSE);
        });
        return events.stream()
                .filter(event -> event.protocol() == TCP.number() || (event.protocol() == UDP.number() && all(level)))
                .map(FastPathEventLabTest::summary)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Otherwise datagrams are told of once in a moment.
    private static boolean all(EventLevel level) {
        return level == EventLevel.LOW || level == EventLevel.NONE;
    }

    private static String summary(Event event) {
        return "%s %s at %s of %d: %d flags %x from %s to %s (%s), %s"
                .formatted(
                        event.kind(),
                        event.verdict(),
                        event.hook(),
                        event.ifindex(),
                        event.protocol(),
                        event.tcpFlags() & ~0x8,
                        name(event.source().address()),
                        name(event.destination().address()),
                        event.translated().address(),
                        event.flags());
    }

    private static String name(IpAddress address) {
        return lab.pods().stream()
                .filter(pod -> pod.ip(IpFamily.IPV4).equals(address)
                        || pod.ip(IpFamily.IPV6).equals(address))
                .map(LabPod::name)
                .findFirst()
                .orElse(address.toString());
    }

    @ParameterizedTest
    @EnumSource
    void eventsAreTheSame(EventLevel level) {
        for (IpFamily family : IpFamily.values()) {
            Set<String> stack = told(level, family, false);
            Set<String> fast = told(level, family, true);

            assertThat(fast).isEqualTo(stack);
            if (level == EventLevel.NONE) {
                assertThat(fast)
                        .anyMatch(line -> line.contains(EventHook.TO_POD.toString()))
                        .anyMatch(line -> line.startsWith(EventKind.CLOSE.toString()));
            }
        }
    }
}
