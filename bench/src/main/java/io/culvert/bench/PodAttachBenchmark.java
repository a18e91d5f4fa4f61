// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Time from the moment when the interface of a new pod comes up to the programs at it, one pod after the other on a
/// node that keeps all of them.
final class PodAttachBenchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = 50_000_000;
    private static final long LOOK_NANOS = 20_000;
    private static final int WARM_UP = 10;

    private final Path culvert;
    private final int pods;

    PodAttachBenchmark(Path culvert, int pods) {
        this.culvert = culvert;
        this.pods = pods;
    }

    /// @return milliseconds, one of each pod, in their order
    List<Double> run() throws Exception {
        try (Lab lab = Lab.builder()
                .families(IpFamily.IPV4)
                .node("n1", PodAttachment.ROUTED, "pod")
                .create()) {
            LabNode node = lab.node("n1");
            node.writeManifest("node.yaml", LabObjects.node(node));
            LabAgent.start(node, culvert);
            return attach(node, lab.pod("pod"));
        }
    }

    private List<Double> attach(LabNode node, LabPod pod) throws IOException {
        List<Double> millis = new ArrayList<>();
        Process ip = new ProcessBuilder("ip", "-n", node.netns(), "-batch", "-")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (Writer commands = ip.outputWriter(StandardCharsets.UTF_8)) {
            for (int i = 0; i < WARM_UP + pods; i++) {
                Progress.say("attach: pod %d of %d".formatted(i, WARM_UP + pods));
                String name = "bench" + i;
                node.exec("ip", "link", "add", name, "type", "veth", "peer", "name", name + "p", "netns", pod.netns())
                        .orThrow();
                pod.exec("ip", "link", "set", name + "p", "up").orThrow();
                LockSupport.parkNanos(PAUSE_NANOS);
                Path link = node.bpffs()
                        .resolve("links")
                        .resolve("pod_" + node.link(name).index() + "_egress");
                long start = System.nanoTime();
                commands.write(
                        "link set %s up%nroute add 10.245.%d.%d/32 dev %s%n".formatted(name, i >> 8, i & 255, name));
                commands.flush();
                await(link, start);
                if (i >= WARM_UP) {
                    millis.add((System.nanoTime() - start) / 1e6);
                }
            }
        } finally {
            ip.destroy();
        }
        return millis;
    }

    /// The egress program is the last one that is attached and pinned.
    private static void await(Path link, long start) {
        while (!Files.exists(link)) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException(link + " was not made");
            }
            // A processor that waits here is one that the agent does not have.
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
