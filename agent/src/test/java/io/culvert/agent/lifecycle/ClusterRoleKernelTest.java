// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.deploy.DeployedManifest;
import io.culvert.agent.deploy.Rights;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.doctor.MountTable;
import io.culvert.agent.health.Http;
import io.culvert.maps.datapath.Datapath;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent with the configuration of `deploy/culvert.yaml`, before an API server that refuses what the ClusterRole
/// there does not allow.
@KernelTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ClusterRoleKernelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name = "culvert-role-" + ProcessHandle.current().pid();
    private final Path pins = Path.of("/sys/fs/bpf", name);

    @TempDir
    private Path temporary;

    private Path cgroup;
    private FakeApiServer server;

    @BeforeEach
    void create() throws IOException {
        MountTable mounts = MountTable.parse(Files.readString(MountTable.FILE));
        cgroup = Files.createDirectory(
                mounts.ofType("cgroup2").orElseThrow().point().resolve(name));
        server = FakeApiServer.start();
        server.put("{apiVersion: v1, kind: Node, metadata: {name: n1}}");
    }

    @AfterEach
    void remove() throws IOException {
        server.close();
        Datapath.remove(pins);
        Files.deleteIfExists(cgroup);
    }

    @Test
    void A20_08_theAgentUsesEveryRightOfItsRoleAndNeedsNoOther() throws Exception {
        DeployedManifest manifest = DeployedManifest.read();
        Rights role = manifest.rights();
        server.answer(
                request -> !role.allow(request),
                Answer.status(403, "Forbidden", "not in the ClusterRole"),
                Integer.MAX_VALUE);
        try (Agent agent = start(manifest)) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(Rights.neededBy(server.requests())).isEqualTo(role));
            assertThat(server.events()).isNotEmpty();

            int port = agent.health().port().orElseThrow();
            assertThat(manifest.probes())
                    .isNotEmpty()
                    .allSatisfy(path ->
                            assertThat(Http.get("127.0.0.1", port, path)).startsWith("HTTP/1.1 200 OK\r\n"));
        }
    }

    private Agent start(DeployedManifest manifest) throws IOException {
        String text = manifest.configuration().replace("https://CONTROL-PLANE:6443", server.url());
        ConfigFile file = ConfigFile.read(Files.writeString(temporary.resolve("config.yaml"), text));
        Map<Setting<?>, String> options = new HashMap<>();
        options.put(Setting.RUN_DIR, temporary.resolve("run").toString());
        options.put(Setting.BPFFS, pins.toString());
        options.put(Setting.CGROUP_ROOT, cgroup.toString());
        // The machine is not this agent's: it keeps off its interfaces and ports.
        options.put(Setting.POD_INTERFACES, "no-such-interface");
        options.put(Setting.DEVICES, "no-such-interface");
        options.put(Setting.HEALTHZ, "127.0.0.1:0");
        options.put(Setting.METRICS, "127.0.0.1:0");
        return Agent.start(Settings.resolve(options, Map.of(), file), "n1", new LiveMachine());
    }
}
