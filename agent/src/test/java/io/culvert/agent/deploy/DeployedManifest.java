// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// `deploy/culvert.yaml`.
public record DeployedManifest(List<JsonNode> objects) {

    private static final Path FILE = Path.of("..", "deploy", "culvert.yaml");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    public static DeployedManifest read() throws IOException {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(Files.readString(FILE))) {
            return new DeployedManifest(documents.readAll());
        }
    }

    /// The only object of a kind.
    JsonNode only(String kind) {
        List<JsonNode> found = objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " objects of kind " + kind);
        }
        return found.getFirst();
    }

    /// What the agent may ask of the API server.
    public Rights rights() {
        return Rights.of(only("ClusterRole"));
    }

    /// The file that the agent is given with `--config`.
    public String configuration() {
        return only("ConfigMap").path("data").path("config.yaml").asText();
    }

    JsonNode pod() {
        return only("DaemonSet").path("spec").path("template").path("spec");
    }

    JsonNode container() {
        return pod().path("containers").path(0);
    }

    /// The paths that the kubelet asks.
    public List<String> probes() {
        return Stream.of("startupProbe", "livenessProbe", "readinessProbe")
                .map(probe -> container().path(probe).path("httpGet").path("path"))
                .filter(path -> !path.isMissingNode())
                .map(JsonNode::asText)
                .toList();
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    static List<String> texts(JsonNode array) {
        return elements(array).map(JsonNode::asText).toList();
    }
}
