// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.net.IpAddress;
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

    /// The algorithms of a Service's frontends.
    Set<String> algorithmsOf(String service) {
        Set<String> algorithms = new TreeSet<>();
        for (JsonNode frontend : frontends) {
            if (frontend.get("name").asText().equals(service)) {
                algorithms.add(frontend.get("algorithm").asText());
            }
        }
        return algorithms;
    }

    /// The weights that a backend with this address has, whatever its port.
    Set<Integer> weightsOf(String service, IpAddress address) {
        Set<Integer> weights = new TreeSet<>();
        for (JsonNode frontend : frontends) {
            if (frontend.get("name").asText().equals(service)) {
                frontend.get("backends").forEach(backend -> {
                    if (backend.get("address").asText().equals(address.toString())) {
                        weights.add(backend.get("weight").asInt());
                    }
                });
            }
        }
        return weights;
    }
}
