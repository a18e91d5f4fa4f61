// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Resource;
import io.culvert.testkit.lab.LabNode;
import java.util.List;

/// An API server that the agent of a lab's node follows. It is in this process, whose network the node does not reach:
/// a relay there takes the agent's connections out.
final class LabApiServer implements AutoCloseable {

    private static final String PORT = "6443";

    private final FakeApiServer server = FakeApiServer.start();

    /// The agent of a node, which is not started yet.
    LabAgent agentOn(LabNode node) {
        String here = "/proc/" + ProcessHandle.current().pid() + "/ns/net";
        var _ = LabProgram.RELAY.start(node, PORT, "127.0.0.1", String.valueOf(server.port()), here);
        return new LabAgent(node, List.of("--source", "kubernetes", "--api-server", "http://127.0.0.1:" + PORT));
    }

    /// Puts the objects of a text, each as a new version.
    void put(String yaml) {
        server.put(yaml);
    }

    void delete(Resource resource, String namespace, String name) {
        server.delete(resource, namespace, name);
    }

    /// Events of an object so far, in the order of their arrival.
    List<JsonNode> events(String kind, String name) {
        return server.events().stream()
                .filter(event -> event.at("/involvedObject/kind").asText().equals(kind))
                .filter(event -> event.at("/involvedObject/name").asText().equals(name))
                .toList();
    }

    @Override
    public void close() {
        server.close();
    }
}
