// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.IpFamily;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an agent keeps on its heap of pods on other nodes, all of whose addresses policies may ask for.
final class PolicyAddressBenchmark {

    static final int PODS = 75_000;

    /// One of each family.
    static final int ADDRESSES = 2 * PODS;

    private static final int POLICIES = 200;
    private static final int NODES = 500;
    private static final int REPLICAS = 10;
    private static final long LOOK_NANOS = 500_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)$");

    private final Path culvert;

    PolicyAddressBenchmark(Path culvert) {
        this.culvert = culvert;
    }

    /// @param emptyMebibytes objects on the heap of an agent that serves a cluster of nothing but policies
    /// @param fullMebibytes of one whose `ipcache` has all addresses
    /// @param residentMebibytes all memory of that one
    record Result(double emptyMebibytes, double fullMebibytes, double residentMebibytes) {

        double growth() {
            return fullMebibytes - emptyMebibytes;
        }
    }

    Result run() throws Exception {
        try (Lab lab = Lab.builder()
                        .families(IpFamily.IPV4)
                        .node("n1", PodAttachment.ROUTED)
                        .create();
                FakeApiServer server = FakeApiServer.start()) {
            LabNode node = lab.node("n1");
            server.put(LabObjects.node(node));
            PolicyCluster.namespaces().forEach(server::put);
            for (int policy = 0; policy < POLICIES; policy++) {
                server.put(PolicyCluster.policy(policy));
            }
            AgentProcess.Home home = AgentProcess.Home.of(node);
            List<String> source = AgentProcess.following(server);
            double empty;
            try (AgentProcess agent = AgentProcess.start(home, culvert, source)) {
                empty = heap(agent);
            }
            Progress.say("policy scale: %d pods".formatted(PODS));
            for (int pod = 0; pod < PODS; pod++) {
                server.put(ApiObjects.of(pod(pod)));
            }
            try (AgentProcess agent = AgentProcess.start(home, culvert, source);
                    MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
                awaitAddresses(maps);
                return new Result(empty, heap(agent), agent.residentMebibytes());
            }
        }
    }

    private static void awaitAddresses(MapCatalogue maps) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (maps.policies().ipcache().count() < ADDRESSES) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "addresses in ipcache: " + maps.policies().ipcache().count());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Objects that are still in use, MiB: the histogram is taken behind a full collection.
    private static double heap(AgentProcess agent) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(agent.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher total = TOTAL.matcher(answer);
        if (jcmd.waitFor() != 0 || !total.find()) {
            throw new IOException("jcmd GC.class_histogram: " + answer);
        }
        return Long.parseLong(total.group(1)) / 1024.0 / 1024.0;
    }

    /// Of a deployment, with what a server adds.
    private static String pod(int number) {
        int deployment = number / REPLICAS;
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: deployment-%1$d-7c5ddbdf54-%2$05x
                  namespace: ns%3$d
                  uid: 0b5f1f60-6a5d-4c3c-9f3a-%2$012x
                  labels: {app: app-%1$d, pod-template-hash: 7c5ddbdf54, team: t%3$d}
                spec:
                  nodeName: node-%4$d
                  containers: [{name: main, image: "main:1", ports: [{name: http, containerPort: 8080}]}]
                status: {phase: Running, podIPs: [{ip: 10.%5$d.%6$d.%7$d}, {ip: "fd00::%8$x:%9$x"}]}
                """.formatted(
                        deployment,
                        number,
                        deployment % PolicyCluster.NAMESPACES,
                        2 + number % NODES,
                        64 + (number >> 16),
                        number >> 8 & 255,
                        number & 255,
                        number >> 16,
                        number & 0xffff);
    }
}
