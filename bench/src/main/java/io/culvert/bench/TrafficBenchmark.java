// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabBuilder;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/// Connections a second and round trips a second, pod to ClusterIP to pod on one node.
final class TrafficBenchmark {

    private static final List<Integer> CLUSTER_SIZES = List.of(1, 1_000, 10_000);

    private final LoadProgram load;
    private final Path culvert;
    private final Optional<Path> kubeProxy;
    private final List<Contender> contenders;
    private final int rounds;
    private final double seconds;

    /// @param kubeProxy a binary that takes part
    TrafficBenchmark(LoadProgram load, Path culvert, Optional<Path> kubeProxy, int rounds, double seconds) {
        this.load = load;
        this.culvert = culvert;
        this.kubeProxy = kubeProxy;
        this.contenders = contenders(Ipvs.missing().isEmpty(), kubeProxy.isPresent());
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /// Those that serve a ClusterIP to pods of the same node.
    static List<Contender> contenders(boolean ipvs, boolean kubeProxy) {
        return Stream.of(Contender.values())
                .filter(contender -> switch (contender) {
                    case DIRECT, CULVERT, CULVERT_STACK, NFTABLES, IPTABLES -> true;
                    case CULVERT_XDP, CULVERT_DSR -> false;
                    case IPVS -> ipvs;
                    case KUBE_PROXY -> kubeProxy;
                })
                .toList();
    }

    record Series(int services, LoadMode mode, Rates rates) {}

    List<Series> run() throws ExecutionException, InterruptedException {
        List<Series> all = new ArrayList<>();
        for (int services : CLUSTER_SIZES) {
            Progress.say("traffic at " + services + " Services: preparing");
            try (Lab lab = lab()) {
                all.addAll(in(lab, services));
            }
        }
        return all;
    }

    private List<Series> in(Lab lab, int services) throws ExecutionException, InterruptedException {
        for (Contender contender : contenders) {
            load.serve(lab.pod(contender.serverName()), BenchService.TARGET_PORT);
            contender.prepare(
                    lab.node(contender.nodeName()),
                    lab.node(contender.nodeName()),
                    cluster(lab, contender, services),
                    culvert);
        }
        if (kubeProxy.isEmpty()) {
            return measure(lab, services);
        }
        try (RealKubeProxy _ = RealKubeProxy.start(
                kubeProxy.get(),
                lab.node(Contender.KUBE_PROXY.nodeName()),
                cluster(lab, Contender.KUBE_PROXY, services))) {
            return measure(lab, services);
        }
    }

    private static List<BenchService> cluster(Lab lab, Contender contender, int services) {
        return BenchService.cluster(
                services, List.of(lab.pod(contender.serverName()).ip(IpFamily.IPV4)));
    }

    private Lab lab() {
        LabBuilder builder = Lab.builder().families(IpFamily.IPV4);
        for (Contender contender : contenders) {
            builder.node(contender.nodeName(), PodAttachment.ROUTED, contender.clientName(), contender.serverName());
        }
        return builder.create();
    }

    private List<Series> measure(Lab lab, int services) {
        return LoadMode.ALL.stream().map(mode -> measure(lab, services, mode)).toList();
    }

    private Series measure(Lab lab, int services, LoadMode mode) {
        Rates rates = Rates.measure(
                "traffic at %d Services: %s".formatted(services, mode),
                rounds,
                contenders,
                contender -> load.run(
                        lab.pod(contender.clientName()), mode.toString(), seconds, target(lab, contender, services)));
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
