// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.cluster.Problem;
import io.culvert.cluster.ProblemLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.LoggerFactory;

/// Whether the configuration that the container runtime uses asks the plugin: of the files `*.conflist`, `*.conf` and
/// `*.json` of its directory, the first by name that is one (libcni's order; containerd and CRI-O use one network).
public final class PluginChain {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Path socket;
    private final ProblemLog problems = new ProblemLog(LoggerFactory.getLogger(PluginChain.class));

    /// @param directory of the runtime's network configurations
    /// @param socket of this agent
    public PluginChain(Path directory, Path socket) {
        this.directory = directory;
        this.socket = socket;
    }

    /// Looks again. What is wrong is logged when it appears and when it is gone.
    public void look() {
        problems.replace(fault().stream()
                .map(fault -> Problem.error(
                        "pod-start strict-cni", fault + ", so pods start without waiting for their policies", remedy()))
                .toList());
    }

    /// What is wrong, by the last look.
    public Optional<Problem> problem() {
        return problems.current().stream().findFirst();
    }

    private String remedy() {
        return "add {\"type\": \"" + CniPlugin.NAME + "\", \"socket\": \"" + socket
                + "\"} as the last of the plugins of the .conflist that comes first by name, or name its directory with"
                + " --cni-conf-dir";
    }

    private Optional<String> fault() {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(PluginChain::isConfiguration).sorted().toList();
        } catch (IOException e) {
            return Optional.of("the directory of CNI configurations " + directory + " cannot be read");
        }
        for (Path file : files) {
            Optional<JsonNode> network = network(file);
            if (network.isPresent()) {
                return fault(network.get().path("plugins")).map(fault -> file + " " + fault);
            }
        }
        return Optional.of(directory + " has no CNI configuration");
    }

    private static boolean isConfiguration(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".conflist") || name.endsWith(".conf") || name.endsWith(".json");
    }

    /// Runtimes pass over what they cannot read.
    private static Optional<JsonNode> network(Path file) {
        try {
            return Optional.of(JSON.readTree(Files.readString(file)))
                    .filter(network ->
                            network.has("type") || network.path("plugins").has(0));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<String> fault(JsonNode plugins) {
        if (!plugins.isArray()) {
            return Optional.of("comes first and is one plugin, no list of them");
        }
        List<JsonNode> ours = StreamSupport.stream(plugins.spliterator(), false)
                .filter(plugin -> plugin.path("type").asText().equals(CniPlugin.NAME))
                .toList();
        if (ours.isEmpty()) {
            return Optional.of("comes first and has no plugin " + CniPlugin.NAME);
        }
        if (plugins.get(0).path("type").asText().equals(CniPlugin.NAME)) {
            return Optional.of("has " + CniPlugin.NAME + " before the plugin that makes the interface");
        }
        String asked = ours.getFirst().path("socket").asText(CniPlugin.SOCKET);
        return asked.equals(socket.toString())
                ? Optional.empty()
                : Optional.of("asks at " + asked + ", not at " + socket);
    }
}
