// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.StoreObserver;
import io.culvert.cluster.manifest.ManifestSource;
import io.culvert.testkit.fakeapi.FakeApiServer;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 10,000 Services of 10 endpoints, from both sources. Counts are asserted; time and memory are printed, since they
/// depend on the machine.
class ClusterScaleTest {

    private static final int SERVICES = 10_000;
    private static final int ENDPOINTS = 10;
    private static final int CHANGES = 200;

    @Test
    void fromAnApiServer() {
        try (FakeApiServer server = FakeApiServer.start()) {
            server.put(Objects.node("n1"));
            for (int i = 0; i < SERVICES; i++) {
                server.put(service(i) + "---\n" + slice(i, 1));
            }
            long before = usedMemory();
            long begin = System.nanoTime();
            try (var following = SourceUnderTest.following(server)) {
                ClusterState state = following.awaitState("the first list", _ -> true);
                long millis = millisSince(begin);
                assertComplete(state);
                System.out.printf(
                        "API server: %d Services, %d endpoints listed in %d ms, %.1f MiB retained%n",
                        SERVICES, SERVICES * ENDPOINTS, millis, (usedMemory() - before) / 1048576.0);
                System.out.printf("API server: one slice changed, seen after %s%n", changes(server, following));
            }
        }
    }

    @Test
    void fromManifests(@TempDir Path directory, @TempDir Path copies) throws IOException {
        try (Writer yaml = Files.newBufferedWriter(directory.resolve("all.yaml"))) {
            for (int i = 0; i < SERVICES; i++) {
                yaml.write("apiVersion: v1\n" + service(i) + "---\napiVersion: discovery.k8s.io/v1\n" + slice(i, 1)
                        + "---\n");
            }
        }
        long before = usedMemory();
        long begin = System.nanoTime();
        try (StoreObserver observer = new StoreObserver(ManifestSource.NAME);
                ManifestSource source = new ManifestSource(directory, copies)) {
            source.start(observer.store());
            ClusterState state = observer.awaitState("the first look", _ -> true);
            long millis = millisSince(begin);
            assertComplete(state);
            System.out.printf(
                    "manifests: %d Services, %d endpoints in %d kB of YAML read in %d ms, %.1f MiB retained%n",
                    SERVICES,
                    SERVICES * ENDPOINTS,
                    Files.size(directory.resolve("all.yaml")) / 1024,
                    millis,
                    (usedMemory() - before) / 1048576.0);
        }
    }

    /// Times from a change at the server to the update of the store.
    private static String changes(FakeApiServer server, SourceUnderTest following) {
        long[] micros = new long[CHANGES];
        for (int i = 0; i < CHANGES; i++) {
            int generation = i + 2;
            long begin = System.nanoTime();
            server.put(slice(i, generation));
            ClusterUpdate update = null;
            while (update == null || !hasGeneration(update.state(), i, generation)) {
                Thread.onSpinWait();
                update = following.observer.updates().getLast();
            }
            micros[i] = Duration.ofNanos(System.nanoTime() - begin).toNanos() / 1000;
        }
        Arrays.sort(micros);
        return "median %d us, p99 %d us".formatted(micros[CHANGES / 2], micros[CHANGES * 99 / 100]);
    }

    private static boolean hasGeneration(ClusterState state, int service, int generation) {
        return state.slices(new ObjectName("default", "service-" + service)).stream()
                .anyMatch(slice -> slice.ports().getFirst().port() == generation);
    }

    private static void assertComplete(ClusterState state) {
        assertThat(state.services()).hasSize(SERVICES);
        assertThat(state.slicesByService()).hasSize(SERVICES);
        assertThat(state.slicesByService().values())
                .allSatisfy(slices -> assertThat(slices.values())
                        .extracting(EndpointSlice::endpoints)
                        .allSatisfy(endpoints -> assertThat(endpoints).hasSize(ENDPOINTS)));
    }

    private static String service(int i) {
        return Objects.service("service-" + i, 80).replace("10.96.0.10", "10.96.%d.%d".formatted(i >> 8, i & 0xff));
    }

    private static String slice(int i, int port) {
        StringBuilder text = new StringBuilder();
        text.append("kind: EndpointSlice\nmetadata: {name: slice-").append(i);
        text.append(", labels: {kubernetes.io/service-name: service-").append(i).append("}}\n");
        text.append("addressType: IPv4\nports: [{name: \"\", port: ")
                .append(port)
                .append("}]\nendpoints:\n");
        for (int e = 0; e < ENDPOINTS; e++) {
            int number = i * ENDPOINTS + e;
            text.append(
                    "- addresses: [10.%d.%d.%d]%n".formatted(128 + (number >> 16), number >> 8 & 0xff, number & 0xff));
            text.append("  conditions: {ready: true, serving: true, terminating: false}\n");
            text.append("  nodeName: node-").append(number % 500).append("\n  zone: zone-a\n");
        }
        return text.toString();
    }

    private static long millisSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toMillis();
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
