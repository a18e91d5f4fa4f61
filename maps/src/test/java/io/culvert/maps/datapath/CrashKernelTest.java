// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.testkit.KernelTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Kills a process that publishes and grows, at random moments, while another connects. Nobody may notice, and what
/// is left must be sound.
@KernelTest(commands = "python3")
final class CrashKernelTest {

    private static final int KILLS = 4;

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    @Test
    void killedAtAnyMomentTheNextStartFindsSoundMaps() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Map<FrontendKey, Frontend> seen = new HashMap<>();
        try (var server = new OneByteServer()) {
            kill(startWriter(server.port()), random);
            try (var loop = new ConnectLoop(place.cgroup, "10.96.0.2")) {
                for (int kill = 1; kill < KILLS; kill++) {
                    seen = look(seen, seed);
                    loop.progress(1);
                    kill(startWriter(server.port()), random);
                    loop.progress(1);
                    assertThat(loop.failures()).as("seed %d", seed).isEmpty();
                }
            }
        }
        seen = look(seen, seed);
        assertThat(seen).hasSizeGreaterThanOrEqualTo(3 * KILLS);
    }

    /// Lets the writer add some services, and kills it at a moment that only chance knows.
    private static void kill(Process writer, RandomGenerator random) throws IOException, InterruptedException {
        try {
            awaitServices(writer, 3 + random.nextInt(20));
            writer.waitFor(random.nextInt(150), TimeUnit.MILLISECONDS);
            assertThat(writer.isAlive()).isTrue();
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /// What a start finds; frontends only ever become more here.
    private Map<FrontendKey, Frontend> look(Map<FrontendKey, Frontend> before, long seed) {
        Map<FrontendKey, Frontend> now = new HashMap<>();
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.extents().corrupt()).as("seed %d", seed).isEmpty();
            datapath.maps().frontends().forEach(now::put);
            assertThat(now).as("seed %d", seed).containsAllEntriesOf(before);
            now.forEach((key, frontend) -> assertThat(datapath.extents().read(frontend.service()))
                    .as("seed %d: extent of %s", seed, key)
                    .hasValueSatisfying(extent -> assertThat(extent.backends())
                            .isNotEmpty()
                            .allMatch(backend -> datapath.backendIds().isPublished(backend.id()))));
            int used = 0;
            for (int service : datapath.extents().published()) {
                used += datapath.extents()
                        .read(service)
                        .orElseThrow()
                        .backends()
                        .size();
            }
            assertThat(datapath.backendIds().used()).as("seed %d: ids", seed).isEqualTo(used);
            assertThat(datapath.attachments()).hasSize(8);
        }
        return now;
    }

    private Process startWriter(int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWriter.class.getName(),
                        place.bpffs.toString(),
                        place.cgroup.toString(),
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void awaitServices(Process writer, int services) throws IOException {
        var output = new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8));
        for (int i = 0; i < services; i++) {
            assertThat(output.readLine()).as("the writer's line %d", i).startsWith("10.96.");
        }
    }
}
