// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.Protocol;
import io.culvert.testkit.lab.Capture;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.packet.PacketView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/// What arrives at the interface of a pod, told apart by the text that packets carry. That something did not arrive
/// is known without waiting for it: packets of one sender keep their order, so it would have come before a packet
/// that was sent later, and that everybody may send.
final class HeardPackets {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LabHost host;
    private final Capture capture;
    private final Set<String> texts = new TreeSet<>();

    HeardPackets(LabHost host) {
        this.host = host;
        this.capture = host.sockets().capture();
    }

    /// All texts so far.
    Set<String> texts() {
        capture.frames().stream()
                .map(PacketView::of)
                .filter(HeardPackets::hasPorts)
                .map(packet -> new String(packet.payload(), StandardCharsets.UTF_8)
                        .replace("\0", "")
                        .strip())
                .filter(text -> !text.isEmpty())
                .forEach(texts::add);
        return Set.copyOf(texts);
    }

    private static boolean hasPorts(PacketView packet) {
        return Arrays.stream(Protocol.values()).anyMatch(protocol -> protocol.number() == packet.protocol());
    }

    /// Waits until all of these have arrived.
    void awaitAll(Collection<String> wanted) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .untilAsserted(() -> assertThat(texts()).as(host.name()).containsAll(wanted));
    }

    /// Hears nothing any more.
    void close() {
        capture.close();
    }

    /// Forgets what arrived.
    void forget() {
        texts.clear();
    }
}
