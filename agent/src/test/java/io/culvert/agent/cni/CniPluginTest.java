// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.agent.cni.PodAdmission.Admission;
import io.culvert.agent.cni.PodAdmission.Admitted;
import io.culvert.agent.cni.PodAdmission.Refused;
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The plugin as a container runtime runs it, and the agent's end.
final class CniPluginTest {

    private static final String PREVIOUS = """
            {"cniVersion":"1.0.0","interfaces":[{"name":"cni0"},{"name":"veth1"},{"name":"eth0","sandbox":"/run/netns/a"}],\
            "ips":[{"address":"10.1.0.3/24","interface":2},{"address":"fd00::3/64"}]}""";

    private static final Map<String, String> POD = Map.of(
            "CNI_CONTAINERID",
            "c1",
            "CNI_ARGS",
            "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=u-1");

    @TempDir
    private Path directory;

    private final List<PodSandbox> asked = new CopyOnWriteArrayList<>();
    private final List<String> released = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Admission> decision = new CompletableFuture<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private Path plugin = Path.of("culvert-cni");

    private final PodAdmission admission = new PodAdmission() {
        @Override
        public Admission admit(PodSandbox sandbox, Duration patience) throws InterruptedException {
            asked.add(sandbox);
            try {
                return decision.get();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Admission check(String containerId) {
            return decision.join();
        }

        @Override
        public void release(String containerId) {
            released.add(containerId);
        }
    };

    private record Result(int status, String output) {}

    @BeforeEach
    void install() throws IOException {
        plugin = CniPlugin.install(directory);
    }

    @AfterEach
    void nothingElseIsLeft() {
        assertThat(directory.resolve("cni.sock")).doesNotExist();
        assertThat(directory.resolve(".culvert-cni.next")).doesNotExist();
    }

    private Path socket() {
        return directory.resolve("cni.sock");
    }

    private CniServer server() throws IOException {
        return new CniServer(socket(), admission, Duration.ofSeconds(30));
    }

    private String config() {
        return """
                {"cniVersion":"1.0.0","name":"pods","type":"culvert-cni","prevResult":%s,"socket":"%s"}""".formatted(PREVIOUS, socket());
    }

    private Process start(String command, String config) throws IOException {
        Path input = Files.writeString(Files.createTempFile(directory, "config", ".json"), config);
        var builder = new ProcessBuilder(plugin.toString()).redirectInput(input.toFile());
        builder.environment().putAll(POD);
        builder.environment().put("CNI_COMMAND", command);
        return builder.start();
    }

    private static Result result(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private Result run(String command, String config) throws IOException, InterruptedException {
        return result(start(command, config));
    }

    private static String json(String text) throws IOException {
        return new ObjectMapper().readTree(text).toString();
    }

    @Test
    void C5_01_podStartsWhenItsPoliciesAreEnforcedAndNotBefore() throws Exception {
        try (CniServer _ = server()) {
            Process waiting = start("ADD", config());
            await().until(() -> !asked.isEmpty());
            assertThat(waiting.isAlive()).isTrue();

            decision.complete(new Admitted());

            assertThat(result(waiting)).isEqualTo(new Result(0, json(PREVIOUS) + "\n"));
            assertThat(asked)
                    .containsExactly(new PodSandbox(
                            "c1",
                            new ObjectName("shop", "web-0"),
                            "u-1",
                            List.of(IpAddress.of("10.1.0.3"), IpAddress.of("fd00::3")),
                            List.of("cni0", "veth1")));
        }
    }

    @Test
    void C5_01_podThatIsNotProtectedDoesNotStartAndTheRuntimeIsToldWhy() throws Exception {
        decision.complete(new Refused("no pod of this name is known after 30 s; look at culvert status"));
        try (CniServer _ = server()) {
            assertThat(run("ADD", config())).isEqualTo(new Result(1, """
                    {"cniVersion":"1.0.0","code":11,"msg":"start pod shop/web-0: no pod of this name is known after 30 s; \
                    look at culvert status"}
                    """));
            assertThat(run("CHECK", config()).output()).contains("check the pod of container c1: no pod of this name");
        }
    }

    @Test
    void C5_13_withoutAgentPodsDoNotStartButMayGo() throws Exception {
        Result add = run("ADD", config());
        assertThat(add.status()).isEqualTo(1);
        assertThat(json(add.output()))
                .contains("\"code\":11")
                .contains("the Culvert agent does not answer at " + socket() + ": No such file or directory");
        assertThat(run("STATUS", config()).output()).contains("\"code\":50");
        assertThat(run("DEL", config())).isEqualTo(new Result(0, ""));
        assertThat(run("GC", config())).isEqualTo(new Result(0, ""));
    }

    @Test
    void deletionReleasesTheSandbox() throws Exception {
        try (CniServer _ = server()) {
            assertThat(run("DEL", config())).isEqualTo(new Result(0, ""));
            assertThat(run("STATUS", config())).isEqualTo(new Result(0, ""));
        }
        assertThat(released).containsExactly("c1");
    }

    @Test
    void agentThatEndsMeanwhileMakesThePodWait() throws Exception {
        Process waiting;
        try (CniServer _ = server()) {
            waiting = start("ADD", config());
            await().until(() -> !asked.isEmpty());
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        Result result = result(waiting);
        assertThat(result.status()).isEqualTo(1);
        assertThat(json(result.output())).contains("\"code\":11").contains("the Culvert agent does not answer");
    }

    @Test
    void badRequestsGetOneErrorThatNamesWhatIsWrong() throws Exception {
        Map<String, String> wrong = new HashMap<>();
        wrong.put("", "no JSON object");
        wrong.put("[]", "no JSON object");
        wrong.put("{\"socket\":5}", "no JSON object");
        wrong.put("{\"socket\":\"" + "x".repeat(200) + "\"}", "short texts");
        wrong.put("{\"socket\":\"%s\",}".formatted(socket()), "the network configuration is no JSON");
        wrong.put("{\"socket\":\"%s\"}".formatted(socket()), "no prevResult");
        wrong.put("{\"socket\":\"%s\",\"prevResult\":{}}".formatted(socket()), "no ips");
        wrong.put(
                "{\"socket\":\"%s\",\"prevResult\":{\"ips\":[{\"address\":\"here\"}]}}".formatted(socket()),
                "an address that is none: here");
        List<String> failures = new ArrayList<>();
        try (CniServer _ = server()) {
            for (var entry : wrong.entrySet()) {
                Result result = run("ADD", entry.getKey());
                if (result.status() != 1 || !json(result.output()).contains(entry.getValue())) {
                    failures.add(entry.getKey() + " -> " + result);
                }
            }
            assertThat(run("JUMP", config()).output()).contains("CNI_COMMAND JUMP is not one of ADD");
        }
        assertThat(failures).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void versionsAreToldWithoutAgent() throws Exception {
        assertThat(run("VERSION", "").output())
                .contains("\"supportedVersions\":[")
                .contains("\"1.1.0\"");
    }
}
