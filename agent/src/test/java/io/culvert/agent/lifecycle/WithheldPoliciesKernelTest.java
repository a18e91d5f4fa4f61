// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static io.culvert.testkit.fakeapi.FakeApiServer.lists;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.doctor.MountTable;
import io.culvert.agent.health.Http;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.datapath.Datapath;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that may not read what policies need.
@KernelTest
@SuppressWarnings("NullAway.Init") // set before each test
final class WithheldPoliciesKernelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final String name = "culvert-withheld-" + ProcessHandle.current().pid();
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
        server.put("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
        server.put("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default, uid: u-web}
                spec: {nodeName: n1}
                status: {phase: Running, podIPs: [{ip: 10.1.0.3}]}
                """);
    }

    @AfterEach
    void remove() throws IOException {
        server.close();
        Datapath.remove(pins);
        Files.deleteIfExists(cgroup);
    }

    /// As after an update of the agent without its new ClusterRole.
    @Test
    void servicesAreReadyAndPoliciesAreToldOf() throws Exception {
        refuse(Resource.NETWORK_POLICIES);
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(temporary.resolve("run")))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.status().problems()).singleElement().satisfies(problem -> {
                assertThat(problem.severity()).isEqualTo("error");
                assertThat(problem.message()).contains("list networkpolicies: the server answered 403");
                assertThat(problem.remedy()).contains("apiGroups: [\"networking.k8s.io\"]", "[networkpolicies]");
            });
            assertThat(client.status().facts())
                    .anySatisfy(fact -> assertThat(fact.toString()).contains("may not read networkpolicies"));
            int metrics = await().atMost(PATIENCE)
                    .until(agent::metricsPort, Optional::isPresent)
                    .orElseThrow();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Http.get("127.0.0.1", metrics, "/metrics"))
                            .contains("\nculvert_policy_refused 1.0\n"));

            server.release();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Http.get("127.0.0.1", metrics, "/metrics"))
                            .contains("\nculvert_policy_refused 0.0\n")
                            .doesNotContain("\nculvert_policy_epoch 0.0\n"));
            assertThat(client.status().problems()).isEmpty();
        }
    }

    @Test
    void rulesOfClusterNetworkPoliciesStayInForceWhileNobodyMayReadThem() throws Exception {
        server.put("""
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: closed}
                spec: {tier: Admin, priority: 1, subject: {namespaces: {}},
                       ingress: [{action: Deny, from: [{namespaces: {}}]}]}
                """);
        try (Agent agent = start()) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        int epoch = epoch();
        refuse(Resource.CLUSTER_NETWORK_POLICIES);
        server.put("{apiVersion: v1, kind: Namespace, metadata: {name: other}}");
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(temporary.resolve("run")))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.status().problems())
                    .anyMatch(problem -> problem.message().contains("in force from before this start"));
            assertThat(epoch()).as("nothing was published").isEqualTo(epoch);

            server.release();

            await().atMost(PATIENCE).until(() -> epoch() != epoch);
            assertThat(client.status().problems()).isEmpty();
            assertThat(client.policies().list("", ""))
                    .singleElement()
                    .asString()
                    .contains("closed");
        }
    }

    private int epoch() {
        try (MapCatalogue maps = Datapath.openPinned(pins).orElseThrow()) {
            PolicyControl control = maps.policies().control().get(0);
            return control.epoch();
        }
    }

    private void refuse(Resource resource) {
        server.answer(lists(resource), Answer.status(403, "Forbidden", "no rights"), Integer.MAX_VALUE);
    }

    private Agent start() {
        Map<Setting<?>, String> options = new HashMap<>();
        options.put(Setting.API_SERVER, server.url());
        options.put(Setting.RUN_DIR, temporary.resolve("run").toString());
        options.put(Setting.BPFFS, pins.toString());
        options.put(Setting.CGROUP_ROOT, cgroup.toString());
        // The machine is not this agent's: it keeps off its interfaces and off its kernel's settings.
        options.put(Setting.POD_INTERFACES, "no-such-interface");
        options.put(Setting.DEVICES, "no-such-interface");
        options.put(Setting.KERNEL_CONNTRACK_MAX_PER_CORE, "0");
        options.put(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED, "0s");
        options.put(Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT, "0s");
        options.put(Setting.HEALTHZ, "127.0.0.1:0");
        options.put(Setting.METRICS, "127.0.0.1:0");
        return Agent.start(Settings.resolve(options, Map.of(), ConfigFile.NONE), "n1", new LiveMachine());
    }
}
