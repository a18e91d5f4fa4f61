// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabBuilder;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Connections a second and round trips a second, pod to ClusterIP to pod on one node.
final class TrafficBenchmark {

    private static final List<Integer> CLUSTER_SIZES = List.of(1, 1_000, 10_000);

    private final LoadProgram load;
    private final Path culvert;
    private final int rounds;
    private final double seconds;

    TrafficBenchmark(LoadProgram load, Path culvert, int rounds, double seconds) {
        this.load = load;
        this.culvert = culvert;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /// @param mode `crr` or `rr`
    record Series(int services, String mode, Rates rates) {}

    List<Series> run() {
        List<Series> all = new ArrayList<>();
        for (int services : CLUSTER_SIZES) {
            Progress.say("traffic at " + services + " Services: preparing");
            try (Lab lab = lab()) {
                for (Contender contender : Contender.values()) {
                    LabPod server = lab.pod(contender.serverName());
                    load.serve(server, BenchService.TARGET_PORT);
                    List<BenchService> cluster = BenchService.cluster(services, List.of(server.ip(IpFamily.IPV4)));
                    contender.prepare(lab.node(contender.nodeName()), contender.nodeName(), cluster, culvert);
                }
                all.add(measure(lab, services, "crr"));
                all.add(measure(lab, services, "rr"));
            }
        }
        return all;
    }

    private static Lab lab() {
        LabBuilder builder = Lab.builder().families(IpFamily.IPV4);
        for (Contender contender : Contender.values()) {
            builder.node(contender.nodeName(), PodAttachment.ROUTED, contender.clientName(), contender.serverName());
        }
        return builder.create();
    }

    private Series measure(Lab lab, int services, String mode) {
        Rates rates = Rates.measure(
                "traffic at %d Services: %s".formatted(services, mode),
                rounds,
                List.of(Contender.values()),
                contender ->
                        load.run(lab.pod(contender.clientName()), mode, seconds, target(lab, contender, services)));
        return new Series(services, mode, rates);
    }

    /// The Service in the middle of the cluster, which has half of a linear rule list before it.
    private static List<String> target(Lab lab, Contender contender, int services) {
        return contender == Contender.DIRECT
                ? List.of(
                        lab.pod(contender.serverName()).ip(IpFamily.IPV4).toString(),
                        Integer.toString(BenchService.TARGET_PORT))
                : List.of(BenchService.clusterIp(services / 2).toString(), Integer.toString(BenchService.PORT));
    }
}
