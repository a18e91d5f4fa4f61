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
                metadata: {name: web, namespace: default, uid: "%s", labels: {app: web}}
                spec: {nodeName: n1, containers: [{name: main, image: example.org/main}]}
                status: {phase: Pending}
                """.formatted(pod.uid());
    }

    private static List<Outcome> dial(Lab lab) {
        return Arrays.stream(IpFamily.values())
                .map(family -> lab.pod("client")
                        .sockets()
                        .tcp(Dial.to(lab.pod("web").ip(family), PORT).within(SILENCE)))
                .toList();
    }

    private static void assertAnswered(Lab lab) {
        assertThat(dial(lab)).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Answer.class));
    }

    private static void assertSilent(Lab lab) {
        assertThat(dial(lab))
                .allSatisfy(outcome -> assertThat(outcome.failure().errno()).isEqualTo("TIMEOUT"));
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

    /// Whoever asks for `strict-cni` and has not chained the plugin must hear of it, also when that comes later.
    @Test
    void aRuntimeThatDoesNotAskIsSaid() throws IOException {
        Lab lab = lab(PodAttachment.ROUTED);
        LabAgent agent = new LabAgent(lab.node("n1"))
                .launch(
                        "--pod-start",
                        "strict-cni",
                        "--cni-bin-dir",
                        directory.toString(),
                        "--cni-conf-dir",
                        directory.toString())
                .awaitReady();
        assertThat(agent.verb("status"))
                .contains("as with best-effort: the container runtime does not ask")
                .contains(directory + " has no CNI configuration, so pods start without waiting");

        Path list = Files.writeString(
                directory.resolve("10-pods.conflist"),
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
