// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabServiceTest {

    @Test
    void aServiceIsOneServiceAndOneSlicePerFamily() throws IOException {
        String yaml = LabService.named("web", "10.96.0.10", "fd96::10")
                .port(80, 8080)
                .internalTrafficPolicy("Local")
                .toYaml();
        YAMLMapper mapper = new YAMLMapper();
        try (var documents = mapper.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            List<JsonNode> objects = documents.readAll();
            assertThat(objects).hasSize(3);
            JsonNode spec = objects.getFirst().get("spec");
            assertThat(spec.at("/clusterIPs/1").asText()).isEqualTo("fd96::10");
            assertThat(spec.at("/ports/1/protocol").asText()).isEqualTo("UDP");
            assertThat(spec.get("internalTrafficPolicy").asText()).isEqualTo("Local");
            assertThat(objects.get(2).get("addressType").asText()).isEqualTo("IPv6");
            assertThat(objects.get(2).at("/ports/0/port").asInt()).isEqualTo(8080);
            assertThat(objects.get(2).get("endpoints")).isEmpty();
        }
    }
}
