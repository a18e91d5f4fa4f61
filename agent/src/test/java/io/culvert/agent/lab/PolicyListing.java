// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What `policy list -o json` prints.
///
/// @param words what each policy says, by its name as `x/p1`, or `p1` for a ClusterNetworkPolicy
/// @param waiting names of those that are not enforced as they are
record PolicyListing(Map<String, String> words, Set<String> waiting) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SPEC = List.of("tier", "priority", "subject", "directions");

    static PolicyListing of(LabAgent agent) {
        Map<String, String> words = new TreeMap<>();
        Set<String> waiting = new TreeSet<>();
        for (JsonNode policy : read(agent)) {
            String namespace = policy.get("namespace").asText();
            String name = (namespace.isEmpty() ? "" : namespace + "/")
                    + policy.get("name").asText();
            words.put(name, words(policy));
            if (!policy.get("status").asText().startsWith("enforced on")) {
                waiting.add(name);
            }
        }
        return new PolicyListing(words, waiting);
    }

    private static JsonNode read(LabAgent agent) {
        try {
            return JSON.readTree(agent.verb("policy", "list", "-o", "json"));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("policy list of " + agent.node(), e);
        }
    }

    private static String words(JsonNode policy) {
        StringBuilder words = new StringBuilder();
        SPEC.forEach(field -> words.append(policy.get(field)).append(' '));
        policy.get("rules")
                .forEach(rule -> words.append(rule.get("place").asText())
                        .append(' ')
                        .append(rule.get("text").asText())
                        .append(' '));
        return words.toString();
    }
}
