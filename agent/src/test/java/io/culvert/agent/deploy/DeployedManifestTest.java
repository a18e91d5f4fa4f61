// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.deploy;

import static io.culvert.agent.deploy.DeployedManifest.elements;
import static io.culvert.agent.deploy.DeployedManifest.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.cli.CommandLines;
import io.culvert.agent.config.BindAddress;
import io.culvert.agent.config.ConfigFile;
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
    void A20_08_theRoleChangesNothingButEvents() {
        assertThat(manifest.rights().rights())
                .allMatch(
                        right -> right.matches("[a-z0-9.]*/[a-z]+ (get|list|watch)") || right.equals("/events create"));
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
        return ConfigFile.read(Files.writeString(temporary.resolve("config.yaml"), manifest.configuration()));
    }

    private Optional<JsonNode> mountOf(String path) {
        return elements(manifest.container().path("volumeMounts"))
                .filter(mount ->
                        Path.of(path).startsWith(mount.path("mountPath").asText()))
                .findFirst();
    }
}
