// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a container runtime asks, as the plugin passes it on.
///
/// @param variables `CNI_COMMAND` and the like, with those of `CNI_ARGS` beside them
/// @param config the network configuration, an object
record CniRequest(Map<String, String> variables, JsonNode config) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// @throws CniException if it is none
    static CniRequest parse(byte[] bytes) throws CniException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf("\n\n");
        if (end < 0) {
            throw new CniException(CniAnswer.Code.INPUT, "a request without an empty line after its variables");
        }
        Map<String, String> variables = new HashMap<>();
        text.substring(0, end).lines().forEach(line -> put(variables, line));
        for (String argument : variables.getOrDefault("CNI_ARGS", "").split(";", -1)) {
            put(variables, argument);
        }
        try {
            JsonNode config = JSON.readTree(text.substring(end + 2));
            if (!config.isObject()) {
                throw new CniException(CniAnswer.Code.INPUT, "the network configuration is no JSON object");
            }
            return new CniRequest(variables, config);
        } catch (JsonProcessingException e) {
            throw new CniException(
                    CniAnswer.Code.INPUT, "the network configuration is no JSON: " + e.getOriginalMessage());
        }
    }

    private static void put(Map<String, String> variables, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals > 0) {
            variables.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
    }

    String version() {
        return config.path("cniVersion").asText("1.1.0");
    }

    /// @throws CniException if it is not set
    String required(String variable) throws CniException {
        return Optional.ofNullable(variables.get(variable))
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> new CniException(CniAnswer.Code.ENVIRONMENT, variable + " is not set"));
    }

    /// The result of the plugins before, which is the result of this one too.
    JsonNode previous() throws CniException {
        JsonNode previous = config.path("prevResult");
        if (!previous.isObject()) {
            throw new CniException(
                    CniAnswer.Code.CONFIGURATION,
                    "no prevResult: culvert-cni makes no interface; put it behind another plugin in a .conflist");
        }
        return previous;
    }

    /// The sandbox that the plugins before have made.
    PodSandbox sandbox() throws CniException {
        List<IpAddress> addresses = new ArrayList<>();
        for (JsonNode ip : previous().path("ips")) {
            String address = ip.path("address").asText();
            addresses.add(IpAddress.parse(address.replaceFirst("/.*", ""))
                    .orElseThrow(() -> new CniException(
                            CniAnswer.Code.CONFIGURATION, "prevResult has an address that is none: " + address)));
        }
        if (addresses.isEmpty()) {
            throw new CniException(CniAnswer.Code.CONFIGURATION, "prevResult has no ips: the pod has no address");
        }
        List<String> interfaces = new ArrayList<>();
        for (JsonNode made : previous().path("interfaces")) {
            if (made.path("sandbox").asText().isEmpty()) {
                interfaces.add(made.path("name").asText());
            }
        }
        return new PodSandbox(
                required("CNI_CONTAINERID"),
                new ObjectName(required("K8S_POD_NAMESPACE"), required("K8S_POD_NAME")),
                variables.getOrDefault("K8S_POD_UID", ""),
                addresses,
                interfaces);
    }
}
