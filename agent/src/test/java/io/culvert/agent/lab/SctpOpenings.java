// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.packet.PacketBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Associations of SCTP that the pods of a [PolicyLab] try to open: an INIT to the ClusterIP of each other one, and its
/// INIT ACK if it arrives. The packets are made by hand, since few kernels have the sockets.
final class SctpOpenings implements AutoCloseable {

    private static final int INIT = 1;
    private static final int INIT_ACK = 2;
    private static final int FIRST_PORT = 5000;
    private static final String ANSWER = "answer to ";

    /// All packets are sent at once, so that silence means that the rest are dropped.
    private static final Duration QUIET = Duration.ofMillis(200);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PolicyLab lab;
    private final int port;
    private final Map<String, HeardPackets> heard = new TreeMap<>();
    private int attempts;

    private record Opening(String client, String server, IpFamily family, String text) {}

    /// @param port that is asked for
    SctpOpenings(PolicyLab lab, int port) {
        this.lab = lab;
        this.port = port;
        PolicyLab.NAMES.forEach(name -> heard.put(name, new HeardPackets(pod(name))));
    }

    /// Tries all pairs of different pods, in both families.
    ///
    /// @return those that are not as they should be
    List<String> differences(PodPairs blocked) {
        List<Opening> all = openings(++attempts);
        send(all, Opening::client, this::init);
        Set<String> arrived = heardByAll();
        List<Opening> asked =
                all.stream().filter(one -> arrived.contains(one.text)).toList();
        send(asked, Opening::server, this::answer);
        Set<String> answered = heardByAll();
        List<String> differences = new ArrayList<>();
        for (Opening one : all) {
            boolean wanted = !blocked.contain(one.client, one.server);
            if (arrived.contains(one.text) != wanted || answered.contains(ANSWER + one.text) != wanted) {
                differences.add(one.text + (wanted ? " is blocked" : " is open"));
            }
        }
        return differences;
    }

    private static List<Opening> openings(int attempt) {
        List<Opening> all = new ArrayList<>();
        for (String client : PolicyLab.NAMES) {
            for (String server : PolicyLab.NAMES) {
                for (IpFamily family : IpFamily.values()) {
                    if (!server.equals(client)) {
                        String text = "%d: %s -> %s by %s".formatted(attempt, client, server, family);
                        all.add(new Opening(client, server, family, text));
                    }
                }
            }
        }
        return all;
    }

    private void send(List<Opening> openings, Function<Opening, String> sender, Function<Opening, byte[]> packet) {
        Map<String, List<byte[]>> packets = openings.stream()
                .collect(Collectors.groupingBy(sender, Collectors.mapping(packet, Collectors.toList())));
        packets.forEach((name, all) -> pod(name).sockets().send(all.toArray(byte[][]::new)));
    }

    private byte[] init(Opening one) {
        IpAddress from = pod(one.client).ip(one.family);
        return packet(INIT, from, clientPort(), lab.service(one.server, one.family), port, one.text);
    }

    private byte[] answer(Opening one) {
        IpAddress from = pod(one.server).ip(one.family);
        IpAddress to = pod(one.client).ip(one.family);
        return packet(INIT_ACK, from, port, to, clientPort(), ANSWER + one.text);
    }

    private static byte[] packet(int chunk, IpAddress from, int fromPort, IpAddress to, int toPort, String text) {
        return PacketBuilder.bare()
                .ip(from, to)
                .sctp(fromPort, toPort, header -> header.chunkType(chunk))
                .payload(text)
                .toBytes();
    }

    /// Another one for each attempt, so that none goes on with what another one began.
    private int clientPort() {
        return FIRST_PORT + attempts;
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
