// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;

/// What `service list -o json` prints (the contract's JSON).
record Listing(JsonNode frontends) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Listing of(LabAgent agent) {
        try {
            return new Listing(JSON.readTree(agent.verb("service", "list", "-o", "json")));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("service list of " + agent.node(), e);
        }
    }

    /// The addresses of all backends of a Service, each with its port.
    Set<String> backendsOf(String service) {
        Set<String> backends = new TreeSet<>();
        for (JsonNode frontend : frontends) {
            if (frontend.get("name").asText().equals(service)) {
                frontend.get("backends")
                        .forEach(backend -> backends.add(backend.get("address").asText() + " "
                                + backend.get("port").asInt()));
            }
        }
        return backends;
    }

    boolean has(String service) {
        for (JsonNode frontend : frontends) {
            if (frontend.get("name").asText().equals(service)) {
                return true;
            }
        }
        return false;
    }
}
