// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Pods whose address the cluster does not know yet.
@LabTest
class PodStartLabTest {

    private static final int PORT = 80;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// What is dropped stays silent; all else answers sooner.
    private static final Duration SILENCE = Duration.ofMillis(500);

    private static final String NOTHING_ENTERS = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: deny, namespace: default}
            spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
            """;

    /// What an agent of `deploy/culvert.yaml` sees of the host: directories of CNI plugins and, to read only, of their
    /// configuration at the default paths.
    private static final String AS_DEPLOYED = """
            for name in opt etc; do
                mkdir "$0/$name"
                mount -t tmpfs tmpfs "$0/$name"
                mkdir "$0/$name/upper" "$0/$name/work"
                mount -t overlay -o "lowerdir=/$name,upperdir=$0/$name/upper,workdir=$0/$name/work" overlay /$name
            done
            mkdir -p /opt/cni/bin /etc/cni/net.d
            mount --bind "$0/bin" /opt/cni/bin
            mount --bind "$0/conf" /etc/cni/net.d
            mount -o remount,bind,ro /etc/cni/net.d
            exec "$@"
            """;

    @TempDir
    private Path directory;

    private final List<Lab> labs = new ArrayList<>();

    @AfterEach
    void remove() {
        labs.forEach(Lab::close);
    }

    private Lab lab(PodAttachment attachment) {
        Lab lab = Lab.builder().node("n1", attachment, "client", "web").create();
        labs.add(lab);
        lab.pod("web").sockets().serveTcp(PORT);
        lab.writeManifest(
                "node.yaml", LabObjects.node(lab.node("n1")) + "---\n" + LabObjects.pod(lab.pod("client"), Map.of()));
        lab.writeManifest("policy.yaml", NOTHING_ENTERS);
        return lab;
    }

    /// The Pod object of web as the scheduler leaves it: it has a node, and no address.
    private static String scheduled(LabPod pod) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, uid: "%s", labels: {app: web}}
                spec: {nodeName: %s, containers: [{name: main, image: example.org/main}]}
                status: {phase: Pending}
                """.formatted(pod.name(), pod.uid(), pod.node().name());
    }

    private static String running(LabPod pod) {
        return scheduled(pod)
                .replace(
                        "Pending",
                        "Running, podIPs: [{ip: %s}, {ip: \"%s\"}]"
                                .formatted(pod.ip(IpFamily.IPV4), pod.ip(IpFamily.IPV6)));
    }

    private static List<Outcome> dial(LabPod client, LabPod server) {
        return Arrays.stream(IpFamily.values())
                .map(family ->
                        client.sockets().tcp(Dial.to(server.ip(family), PORT).within(SILENCE)))
                .toList();
    }

    private static void assertAnswered(Lab lab) {
        assertAnswered(lab.pod("client"), lab.pod("web"));
    }

    private static void assertAnswered(LabPod client, LabPod server) {
        assertThat(dial(client, server))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Answer.class));
    }

    private static void assertSilent(Lab lab) {
        assertSilent(lab.pod("client"), lab.pod("web"));
    }

    private static void assertSilent(LabPod client, LabPod server) {
        assertThat(dial(client, server))
                .allSatisfy(outcome -> assertThat(outcome.failure().errno()).isEqualTo("TIMEOUT"));
    }

    private static double exposure(LabNode node, String part) {
        String read = "import urllib.request; "
                + "print(urllib.request.urlopen('http://127.0.0.1:10249/metrics').read().decode())";
        String line = "culvert_pod_exposure_seconds_" + part + " ";
        return node.exec("python3", "-c", read)
                .orThrow()
                .lines()
                .filter(printed -> printed.startsWith(line))
                .mapToDouble(printed -> Double.parseDouble(printed.substring(line.length())))
                .sum();
    }

    private record Answer(int status, String output) {}

    private Answer plugin(String command, LabNode node, LabPod pod) throws IOException, InterruptedException {
        String config = """
                {"cniVersion":"1.0.0","name":"pods","type":"culvert-cni","socket":"%s","prevResult":{"cniVersion":"1.0.0",\
                "interfaces":[{"name":"%s"},{"name":"eth0","sandbox":"/run/netns/web"}],"ips":[{"address":"%s/24"},{"address":"%s/64"}]}}""".formatted(
                node.runDir().resolve("cni.sock"), pod.hostInterface(), pod.ip(IpFamily.IPV4), pod.ip(IpFamily.IPV6));
        Path input = Files.writeString(directory.resolve("config.json"), config);
        var builder = new ProcessBuilder(directory.resolve("culvert-cni").toString()).redirectInput(input.toFile());
        builder.environment()
                .putAll(Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        "c1",
                        "CNI_ARGS",
                        "K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;K8S_POD_UID=" + pod.uid()));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output);
    }

    @ParameterizedTest
    @EnumSource
    void C5_01_C5_10_chainedPluginLetsAPodStartWhenItsPoliciesAreInForce(PodAttachment attachment) throws Exception {
        Lab lab = lab(attachment);
        LabPod web = lab.pod("web");
        lab.writeManifest("web.yaml", scheduled(web));
        LabAgent agent = new LabAgent(lab.node("n1"))
                .launch("--pod-start", "strict-cni", "--cni-bin-dir", directory.toString())
                .awaitReady();
        assertAnswered(lab);

        Answer added = plugin("ADD", lab.node("n1"), web);

        assertThat(added.status()).as(added.output()).isZero();
        assertSilent(lab);
        assertThat(plugin("CHECK", lab.node("n1"), web)).isEqualTo(new Answer(0, ""));

        agent.kill();
        agent.launch("--pod-start", "strict-cni", "--cni-bin-dir", directory.toString())
                .awaitReady();
        assertSilent(lab);

        assertThat(plugin("DEL", lab.node("n1"), web)).isEqualTo(new Answer(0, ""));
        await().atMost(PATIENCE).untilAsserted(() -> assertAnswered(lab));
    }

    /// With `best-effort` from the moment on when the cluster knows its address; what it may do until then is
    /// documented.
    @Test
    void C5_02_aPolicyThatIsMadeWhileAPodStartsHoldsOnceItsAddressIsKnown() {
        Lab lab = lab(PodAttachment.ROUTED);
        lab.deleteManifest("policy.yaml");
        lab.writeManifest("web.yaml", scheduled(lab.pod("web")));
        LabAgent agent = new LabAgent(lab.node("n1")).launch().awaitReady();
        assertAnswered(lab);

        lab.writeManifest("policy.yaml", NOTHING_ENTERS);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("policy", "list")).contains("deny"));
        assertAnswered(lab);

        lab.writeManifest("web.yaml", LabObjects.pod(lab.pod("web"), Map.of("app", "web")));
        await().atMost(PATIENCE).untilAsserted(() -> assertSilent(lab));
    }

    /// From the interface on until the policies are in force, which is after the API server knows the address. A pod
    /// that the runtime asked for is never exposed, also where that is not demanded. A pod that no policy selects,
    /// or that was there before the agent, is none either.
    @Test
    void C5_01_theTimeThatPodsTalkWithoutTheirPoliciesIsMeasured() {
        Lab lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client1")
                .node("n2", PodAttachment.BRIDGED, "client2")
                .create();
        labs.add(lab);
        lab.writeManifest("lab.yaml", LabObjects.all(lab));
        lab.writeManifest("policy.yaml", NOTHING_ENTERS);
        List<LabAgent> agents = lab.nodes().stream().map(LabAgent::new).toList();
        agents.getFirst().launch();
        agents.getLast().launch("--pod-start", "strict-cni", "--cni-bin-dir", directory.toString());
        agents.forEach(LabAgent::awaitReady);
        for (LabNode node : lab.nodes()) {
            LabPod client = node.pods().getFirst();

            LabPod asked = node.addPod("asked" + node.name());
            asked.sockets().serveTcp(PORT);
            node.writeManifest("asked.yaml", scheduled(asked));
            new PodRuntime(node).add(sandbox(asked));
            assertSilent(client, asked);
            node.writeManifest("asked.yaml", running(asked));
            assertThat(exposure(node, "count")).as("%s: asked", node).isZero();

            long before = System.nanoTime();
            LabPod late = node.addPod("late" + node.name());
            long up = System.nanoTime();
            late.sockets().serveTcp(PORT);
            node.writeManifest("late.yaml", scheduled(late));
            assertAnswered(client, late);
            assertThat(exposure(node, "count")).as("%s: not known", node).isZero();
            long known = System.nanoTime();
            node.writeManifest("late.yaml", running(late));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(exposure(node, "count")).isEqualTo(1));
            assertThat(exposure(node, "sum"))
                    .as("%s: late", node)
                    .isBetween((known - up) / 1e9, (System.nanoTime() - before) / 1e9);
            assertSilent(client, late);
        }
    }

    private static PodRuntime.Sandbox sandbox(LabPod pod) {
        return new PodRuntime.Sandbox(
                pod.name(),
                "default",
                pod.name(),
                pod.uid(),
                pod.hostInterface(),
                Arrays.stream(IpFamily.values()).map(pod::ip).toList());
    }

    /// Whoever asks for `strict-cni` and has not chained the plugin must hear of it, also when that comes later.
    @Test
    void aRuntimeThatDoesNotAskIsSaid() throws IOException {
        Lab lab = lab(PodAttachment.ROUTED);
        Path plugins = Files.createDirectory(directory.resolve("bin"));
        Path configuration = Files.createDirectory(directory.resolve("conf"));
        LabAgent agent = new LabAgent(lab.node("n1"))
                .launchBy(
                        List.of("unshare", "--mount", "sh", "-euc", AS_DEPLOYED, directory.toString()),
                        "--pod-start",
                        "strict-cni")
                .awaitReady();
        assertThat(plugins.resolve("culvert-cni")).isExecutable();
        assertThat(agent.verb("status"))
                .contains("as with best-effort: the container runtime does not ask")
                .contains("/etc/cni/net.d has no CNI configuration, so pods start without waiting");

        Path list = Files.writeString(
                configuration.resolve("10-pods.conflist"),
                "{\"plugins\": [{\"type\": \"ptp\"}, {\"type\": \"culvert-cni\", \"socket\": \""
                        + lab.node("n1").runDir().resolve("cni.sock") + "\"}]}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status"))
                        .contains("strict-cni")
                        .doesNotContain("best-effort", "pods start without waiting"));

        Files.delete(list);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).contains("as with best-effort"));
    }

    @ParameterizedTest
    @EnumSource
    void C5_01_C5_13_unknownPodsAreClosedWhereThatIsAskedFor(PodAttachment attachment) {
        Lab lab = lab(attachment);
        new LabAgent(lab.node("n1")).launch("--pod-start", "strict-link").awaitReady();
        await().atMost(PATIENCE).untilAsserted(() -> assertSilent(lab));

        lab.deleteManifest("policy.yaml");
        lab.writeManifest("web.yaml", LabObjects.pod(lab.pod("web"), Map.of()));

        await().atMost(PATIENCE).untilAsserted(() -> assertAnswered(lab));
    }
}
