// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.deploy;

import static io.culvert.agent.deploy.DeployedManifest.elements;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// hubble-relay finds the agents of `deploy/culvert.yaml` after a change of one setting.
final class DeployedHubbleTest {

    private final DeployedManifest manifest = DeployedManifest.read();

    @TempDir
    private Path temporary;

    DeployedHubbleTest() throws IOException {}

    private Settings settings(String configuration) throws IOException {
        ConfigFile file = ConfigFile.read(Files.writeString(temporary.resolve("config.yaml"), configuration));
        assertThat(file.mistakes()).isEmpty();
        return Settings.resolve(Map.of(), Map.of(), file);
    }

    private Settings listening() throws IOException {
        return settings(manifest.configuration().replace("# hubble-listen-address:", "hubble-listen-address:"));
    }

    @Test
    void theServiceLeadsToTheAgentOfTheNode() throws IOException {
        JsonNode service = manifest.only("Service");
        JsonNode port = service.path("spec").path("ports").path(0);

        assertThat(service.path("metadata").path("name").asText()).isEqualTo("hubble-peer");
        assertThat(service.path("metadata").path("namespace"))
                .isEqualTo(manifest.only("DaemonSet").path("metadata").path("namespace"));
        assertThat(service.path("spec").path("internalTrafficPolicy").asText()).isEqualTo("Local");
        assertThat(service.path("spec").path("selector"))
                .isEqualTo(
                        manifest.only("DaemonSet").path("spec").path("selector").path("matchLabels"));
        assertThat(port.path("port").asInt()).isEqualTo(443);
        assertThat(listening().get(Setting.HUBBLE).toString())
                .endsWith(":" + port.path("targetPort").asInt());
    }

    @Test
    void certificatesAreWhereTheAgentLooksForThem() throws IOException {
        JsonNode mount = elements(manifest.container().path("volumeMounts"))
                .filter(found -> found.path("name").asText().equals("hubble-tls"))
                .findFirst()
                .orElseThrow();
        JsonNode secret = elements(manifest.pod().path("volumes"))
                .filter(found -> found.path("name").asText().equals("hubble-tls"))
                .findFirst()
                .orElseThrow()
                .path("secret");
        Path directory = Path.of(mount.path("mountPath").asText());
        Settings settings = listening();

        assertThat(secret.path("optional").asBoolean()).isTrue();
        assertThat(elements(secret.path("items"))
                        .map(item -> directory.resolve(item.path("path").asText())))
                .containsExactlyInAnyOrderElementsOf(List.of(
                        settings.get(Setting.HUBBLE_TLS_CERT),
                        settings.get(Setting.HUBBLE_TLS_KEY),
                        settings.get(Setting.HUBBLE_TLS_CLIENT_CA)));
    }
}
