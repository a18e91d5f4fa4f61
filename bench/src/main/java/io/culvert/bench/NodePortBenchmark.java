// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabBuilder;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Offload;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Connections a second and round trips a second from another node to a NodePort, with the backends on the node that is
/// asked or on a third one. The base has the same way without any translation: where the backends are on a third node,
/// the node that the others ask is a router on the way to them, and back.
final class NodePortBenchmark {

    private static final List<LoadMode> MODES = List.of(LoadMode.CRR, LoadMode.CRR8, LoadMode.RR);

    /// Enough that no contender runs out of masquerade ports: 10 s after its end a connection still has one.
    private static final int BACKENDS = 4;

    private static final int FIRST_NODE_PORT = 30_000;
    private static final int NODE_PORTS = 2_700;
    private static final String CLIENT = "client";

    private final LoadProgram load;
    private final Path culvert;
    private final int rounds;
    private final double seconds;

    NodePortBenchmark(LoadProgram load, Path culvert, int rounds, double seconds) {
        this.load = load;
        this.culvert = culvert;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /// Where the backends are.
    enum Place {
        HERE("the same node"),
        THERE("a third node");

        private final String words;

        Place(String words) {
            this.words = words;
        }

        List<Contender> contenders() {
            return this == HERE
                    ? List.of(Contender.DIRECT, Contender.CULVERT, Contender.NFTABLES)
                    : List.of(
                            Contender.DIRECT,
                            Contender.CULVERT,
                            Contender.CULVERT_XDP,
                            Contender.CULVERT_DSR,
                            Contender.NFTABLES);
        }

        String words() {
            return words;
        }
    }

    record Series(IpFamily family, int services, Place place, LoadMode mode, Rates rates) {}

    List<Series> run() {
        List<Series> all = new ArrayList<>();
        for (Place place : Place.values()) {
            all.addAll(run(IpFamily.IPV4, 1, place));
            all.addAll(run(IpFamily.IPV4, 10_000, place));
            all.addAll(run(IpFamily.IPV6, 1, place));
        }
        return all;
    }

    private List<Series> run(IpFamily family, int services, Place place) {
        String what = "NodePort, %s, %d Services, backends on %s".formatted(family, services, place.words());
        Progress.say(what + ": preparing");
        try (Lab lab = lab(family, place)) {
            for (Contender contender : place.contenders()) {
                prepare(lab, contender, family, services, place);
            }
            List<Series> all = new ArrayList<>();
            for (LoadMode mode : MODES) {
                Rates rates = Rates.measure(
                        what + ": " + mode,
                        rounds,
                        place.contenders(),
                        contender -> load.run(
                                lab.node(CLIENT),
                                mode.toString(),
                                seconds,
                                targets(lab, contender, family, services, place)));
                all.add(new Series(family, services, place, mode, rates));
            }
            return all;
        }
    }

    private static Lab lab(IpFamily family, Place place) {
        LabBuilder builder = Lab.builder().families(family).node(CLIENT, PodAttachment.ROUTED);
        for (Contender contender : place.contenders()) {
            String[] pods = IntStream.range(0, BACKENDS)
                    .mapToObj(i -> contender.serverName() + i)
                    .toArray(String[]::new);
            if (place == Place.THERE) {
                builder.node(contender.nodeName(), PodAttachment.ROUTED);
            }
            builder.node(endpointNode(contender, place), PodAttachment.ROUTED, pods);
        }
        return builder.create();
    }

    private void prepare(Lab lab, Contender contender, IpFamily family, int services, Place place) {
        LabNode node = lab.node(contender.nodeName());
        LabNode behind = lab.node(endpointNode(contender, place));
        behind.pods().forEach(pod -> load.serve(pod, BenchService.TARGET_PORT));
        List<IpAddress> backends = addresses(behind, family);
        // One backend is enough for the others: nft takes minutes to load 40,000 of them.
        List<BenchService> cluster = BenchService.cluster(services, backends.subList(0, 1)).stream()
                .map(service -> service.index() < NODE_PORTS
                        ? service.withNodePort(FIRST_NODE_PORT + service.index())
                        : service)
                .map(service -> service.nodePort() == nodePort(services) ? service.withEndpoints(backends) : service)
                .toList();
        if (contender == Contender.CULVERT_XDP) {
            // As from a cable. XDP leaves to tc what comes with a checksum that another part of this machine has to
            // finish.
            Offload.TX_CHECKSUM.set(lab.outside(), node.wirePort(), false);
        }
        contender.prepare(node, behind, cluster, culvert);
        if (contender == Contender.DIRECT && place == Place.THERE) {
            route(lab.node(CLIENT), behind.podRange(family), node.ip(family));
            route(behind, lab.node(CLIENT).ip(family) + "/" + family.bits(), node.ip(family));
        }
    }

    private static void route(LabNode from, String destination, IpAddress via) {
        from.exec("ip", "route", "replace", destination, "via", via.toString()).orThrow();
    }

    private static List<String> targets(Lab lab, Contender contender, IpFamily family, int services, Place place) {
        if (contender == Contender.DIRECT) {
            return addresses(lab.node(endpointNode(contender, place)), family).stream()
                    .flatMap(
                            address -> List.of(address.toString(), Integer.toString(BenchService.TARGET_PORT)).stream())
                    .toList();
        }
        return List.of(lab.node(contender.nodeName()).ip(family).toString(), Integer.toString(nodePort(services)));
    }

    /// The one that is measured, in the middle of those that there are.
    private static int nodePort(int services) {
        return FIRST_NODE_PORT + Math.min(services, NODE_PORTS) / 2;
    }

    private static List<IpAddress> addresses(LabNode node, IpFamily family) {
        return node.pods().stream().map((LabPod pod) -> pod.ip(family)).toList();
    }

    private static String endpointNode(Contender contender, Place place) {
        return place == Place.HERE ? contender.nodeName() : contender.nodeName() + "-behind";
    }
}
