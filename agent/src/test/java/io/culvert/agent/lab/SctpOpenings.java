// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.ReachTarget;
import io.culvert.testkit.packet.PacketBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Associations of SCTP that the pods of a [PolicyLab] try to open: an INIT to each target, and its INIT ACK if it
/// arrives. The packets are made by hand, since few kernels have the sockets.
final class SctpOpenings implements AutoCloseable {

    private static final int INIT = 1;
    private static final int INIT_ACK = 2;
    private static final int FIRST_PORT = 5000;
    private static final String ANSWER = "answer to ";

    /// All packets are sent at once, so that silence means that the rest are dropped.
    private static final Duration QUIET = Duration.ofMillis(200);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final AtomicInteger ATTEMPTS = new AtomicInteger();

    private final PolicyLab lab;
    private final Map<String, HeardPackets> heard = new TreeMap<>();

    private record Opening(PodQuestion question, int clientPort, String text) {}

    SctpOpenings(PolicyLab lab) {
        this.lab = lab;
        PolicyLab.NAMES.forEach(name -> heard.put(name, new HeardPackets(pod(name))));
    }

    /// Tries all of these at once. Servers answer from the port that they were asked for.
    ///
    /// @return those that are not as they should be
    List<String> differences(List<PodQuestion> questions, Predicate<PodQuestion> wanted) {
        // A port of its own for each attempt, so that none goes on with what another one began.
        int attempt = ATTEMPTS.incrementAndGet();
        List<Opening> all = questions.stream()
                .map(question -> new Opening(question, FIRST_PORT + attempt, attempt + ": " + question))
                .toList();
        send(all, PodQuestion::client, this::init);
        Set<String> arrived = heardByAll();
        List<Opening> asked =
                all.stream().filter(one -> arrived.contains(one.text)).toList();
        send(asked, PodQuestion::server, this::answer);
        Set<String> answered = heardByAll();
        List<String> differences = new ArrayList<>();
        for (Opening one : all) {
            boolean open = wanted.test(one.question);
            if (arrived.contains(one.text) != open || answered.contains(ANSWER + one.text) != open) {
                differences.add(one.text + (open ? " is blocked" : " is open"));
            }
        }
        return differences;
    }

    private void send(List<Opening> openings, Function<PodQuestion, String> sender, Function<Opening, byte[]> packet) {
        Map<String, List<byte[]>> packets = openings.stream()
                .collect(Collectors.groupingBy(
                        one -> sender.apply(one.question), Collectors.mapping(packet, Collectors.toList())));
        packets.forEach((name, all) -> pod(name).sockets().send(all.toArray(byte[][]::new)));
    }

    private byte[] init(Opening one) {
        PodQuestion asked = one.question;
        IpAddress from = pod(asked.client()).ip(asked.family());
        ReachTarget to = asked.target();
        return packet(INIT, from, one.clientPort, to.address(), to.port(), one.text);
    }

    private byte[] answer(Opening one) {
        PodQuestion asked = one.question;
        IpAddress from = pod(asked.server()).ip(asked.family());
        IpAddress to = pod(asked.client()).ip(asked.family());
        return packet(INIT_ACK, from, asked.target().port(), to, one.clientPort, ANSWER + one.text);
    }

    private static byte[] packet(int chunk, IpAddress from, int fromPort, IpAddress to, int toPort, String text) {
        return PacketBuilder.bare()
                .ip(from, to)
                .sctp(fromPort, toPort, header -> header.chunkType(chunk))
                .payload(text)
                .toBytes();
    }

    private Set<String> heardByAll() {
        Set<String> all = new TreeSet<>();
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .during(QUIET)
                .until(() -> !all.addAll(AtOnce.with(heard.values(), HeardPackets::texts).stream()
                        .flatMap(Set::stream)
                        .toList()));
        return all;
    }

    private LabPod pod(String name) {
        return lab.lab().pod(name);
    }

    @Override
    public void close() {
        heard.values().forEach(HeardPackets::close);
    }
}
