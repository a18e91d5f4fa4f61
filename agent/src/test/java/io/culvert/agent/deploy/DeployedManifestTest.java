// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.deploy;

import static io.culvert.agent.deploy.DeployedManifest.elements;
import static io.culvert.agent.deploy.DeployedManifest.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.cli.CommandLines;
import io.culvert.agent.config.BindAddress;
import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.PodStart;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `deploy/culvert.yaml` fits together, and fits the agent.
final class DeployedManifestTest {

    private final DeployedManifest manifest = DeployedManifest.read();

    @TempDir
    private Path temporary;

    DeployedManifestTest() throws IOException {}

    @Test
    void A20_08_theRoleChangesNothingButEventsAndTheStatusOfClusterNetworkPolicies() {
        assertThat(manifest.rights().rights())
                .allMatch(right -> right.matches("[a-z0-9.]*/[a-z]+ (get|list|watch)")
                        || right.equals("/events create")
                        || right.equals("policy.networking.k8s.io/clusternetworkpolicies/status patch"));
    }

    @Test
    void theRoleIsTheDaemonSets() {
        String account =
                manifest.only("ServiceAccount").path("metadata").path("name").asText();
        JsonNode binding = manifest.only("ClusterRoleBinding");

        assertThat(binding.path("roleRef").path("name"))
                .isEqualTo(manifest.only("ClusterRole").path("metadata").path("name"));
        assertThat(elements(binding.path("subjects"))).singleElement().satisfies(subject -> {
            assertThat(subject.path("name").asText()).isEqualTo(account);
            assertThat(subject.path("namespace"))
                    .isEqualTo(manifest.only("DaemonSet").path("metadata").path("namespace"));
        });
        assertThat(manifest.pod().path("serviceAccountName").asText()).isEqualTo(account);
    }

    @Test
    void everyKeyOfTheConfigurationIsUsed() throws IOException {
        ConfigFile file = configuration();

        assertThat(file.mistakes()).isEmpty();
        assertThat(file.values().keySet()).contains(Setting.API_SERVER);
    }

    @Test
    void theArgumentsAreAnAgentsAndNameMountedFiles() {
        List<String> arguments = texts(manifest.container().path("args"));
        CommandLine.ParseResult parsed = CommandLines.create().parseArgs(arguments.toArray(String[]::new));

        assertThat(parsed.subcommand().commandSpec().name()).isEqualTo("agent");
        assertThat(arguments.stream().filter(argument -> argument.startsWith("/")))
                .isNotEmpty()
                .allMatch(path -> mountOf(path).isPresent());
    }

    @Test
    void whatMustOutliveThePodIsTheNodes() {
        for (Setting<Path> directory : List.of(Setting.BPFFS, Setting.RUN_DIR)) {
            assertThat(mountOf(directory.defaultText())).as(directory.key()).isPresent();
        }
        assertThat(mountOf("/var/lib/culvert")).isPresent();
        assertThat(elements(manifest.pod().path("volumes")).map(volume -> volume.path("name")))
                .containsExactlyElementsOf(elements(manifest.container().path("volumeMounts"))
                        .map(mount -> mount.path("name"))
                        .toList());
    }

    /// The container runtime looks for the plugin, the plugin for the socket, and the agent for the configuration, each
    /// on the host at the path that the agent believes.
    @Test
    void C5_01_podsWaitForTheirPoliciesAfterAChangeOfOneSetting() throws IOException {
        Settings before = Settings.resolve(Map.of(), Map.of(), configuration());
        Settings after = Settings.resolve(
                Map.of(), Map.of(), configuration(manifest.configuration().replace("# pod-start:", "pod-start:")));

        assertThat(before.get(Setting.POD_START)).isEqualTo(PodStart.BEST_EFFORT);
        assertThat(after.get(Setting.POD_START)).isEqualTo(PodStart.STRICT_CNI);
        assertThat(after.get(Setting.POLICY)).isTrue();
        for (Setting<Path> directory : List.of(Setting.RUN_DIR, Setting.CNI_BIN_DIR, Setting.CNI_CONF_DIR)) {
            String path = after.get(directory).toString();
            JsonNode mount = mountOf(path).orElseThrow();
            assertThat(hostPath(mount))
                    .isEqualTo(mount.path("mountPath").asText())
                    .isEqualTo(path);
            assertThat(mount.path("readOnly").asBoolean()).as(path).isEqualTo(directory == Setting.CNI_CONF_DIR);
        }
    }

    private String hostPath(JsonNode mount) {
        return elements(manifest.pod().path("volumes"))
                .filter(volume -> volume.path("name").equals(mount.path("name")))
                .map(volume -> volume.path("hostPath").path("path").asText())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theKubeletAsksWhereTheAgentListens() throws IOException {
        BindAddress health =
                Settings.resolve(Map.of(), Map.of(), configuration()).get(Setting.HEALTHZ);

        assertThat(manifest.probes()).contains("/livez", "/healthz");
        for (String probe : List.of("livenessProbe", "readinessProbe")) {
            assertThat(health.toString())
                    .endsWith(":"
                            + manifest.container().path(probe).path("httpGet").path("port"));
        }
    }

    @Test
    void thePodIsPartOfTheNode() {
        JsonNode pod = manifest.pod();

        assertThat(pod.path("hostNetwork").asBoolean()).isTrue();
        assertThat(pod.path("hostPID").asBoolean()).isTrue();
        assertThat(pod.path("priorityClassName").asText()).isEqualTo("system-node-critical");
        assertThat(pod.path("tolerations").toString()).isEqualTo("[{\"operator\":\"Exists\"}]");
        assertThat(manifest.container().path("env").toString())
                .contains("{\"name\":\"NODE_NAME\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"spec.nodeName\"}}}");
        assertThat(manifest.container().path("image").asText()).matches("culvert:\\d+\\.\\d+\\.\\d+");
    }

    private ConfigFile configuration() throws IOException {
        return configuration(manifest.configuration());
    }

    private ConfigFile configuration(String text) throws IOException {
        ConfigFile file = ConfigFile.read(Files.writeString(temporary.resolve("config.yaml"), text));
        assertThat(file.mistakes()).isEmpty();
        return file;
    }

    private Optional<JsonNode> mountOf(String path) {
        return elements(manifest.container().path("volumeMounts"))
                .filter(mount ->
                        Path.of(path).startsWith(mount.path("mountPath").asText()))
                .findFirst();
    }
}
