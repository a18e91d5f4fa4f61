// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.agent.cni.PodSandbox;
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sandboxes on disk, a file each, so that an agent that restarts knows what the cluster does not say yet.
final class SandboxFiles {

    private static final Logger LOG = LoggerFactory.getLogger(SandboxFiles.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".json";

    private final Path directory;

    SandboxFiles(Path directory) {
        this.directory = directory;
    }

    /// All of them; one that cannot be read is told and left out.
    List<PodSandbox> read() {
        List<PodSandbox> sandboxes = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> file.toString().endsWith(SUFFIX)).forEach(file -> read(file, sandboxes));
            } catch (IOException e) {
                LOG.warn("list {}: {}; pods that just started wait for their status", directory, e.getMessage());
            }
        }
        return sandboxes;
    }

    private static void read(Path file, List<PodSandbox> sandboxes) {
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            List<IpAddress> addresses = new ArrayList<>();
            json.path("addresses").forEach(ip -> addresses.add(IpAddress.of(ip.asText())));
            List<String> interfaces = new ArrayList<>();
            json.path("interfaces").forEach(name -> interfaces.add(name.asText()));
            sandboxes.add(new PodSandbox(
                    json.path("container").asText(),
                    new ObjectName(
                            json.path("namespace").asText(), json.path("name").asText()),
                    json.path("uid").asText(),
                    addresses,
                    interfaces));
        } catch (IOException | RuntimeException e) {
            LOG.warn("read {}: {}; the pod waits for its status", file, e.getMessage());
        }
    }

    void write(PodSandbox sandbox) {
        ObjectNode json = JSON.createObjectNode()
                .put("container", sandbox.containerId())
                .put("namespace", sandbox.pod().namespace())
                .put("name", sandbox.pod().name())
                .put("uid", sandbox.uid());
        var addresses = json.putArray("addresses");
        sandbox.addresses().forEach(address -> addresses.add(address.toString()));
        sandbox.interfaces().forEach(json.putArray("interfaces")::add);
        try {
            Files.createDirectories(directory);
            Path file = file(sandbox.containerId());
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, json.toString());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn(
                    "remember {} in {}: {}; it waits for its status if the agent restarts now",
                    sandbox.pod(),
                    directory,
                    e.getMessage());
        }
    }

    void delete(String containerId) {
        try {
            Files.deleteIfExists(file(containerId));
        } catch (IOException e) {
            LOG.warn("forget container {} in {}: {}", containerId, directory, e.getMessage());
        }
    }

    /// The runtime names containers by letters and digits; whatever else comes stays inside of the directory.
    private Path file(String containerId) {
        return directory.resolve(URLEncoder.encode(containerId, StandardCharsets.UTF_8) + SUFFIX);
    }
}
