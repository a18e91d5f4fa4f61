// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

/// Objects for the fake API server, parsed before time is taken.
final class ApiObjects {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private ApiObjects() {}

    static ObjectNode of(String yaml) {
        try {
            return YAML.readValue(yaml, ObjectNode.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }
}
