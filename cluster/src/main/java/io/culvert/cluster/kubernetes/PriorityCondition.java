// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culvert.cluster.decode.ShownCondition;
import io.culvert.cluster.policy.SharedPriority;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// What a ClusterNetworkPolicy is to say about its priority, and what it says.
///
/// @param wanted empty if it is to say nothing
record PriorityCondition(String policy, ShownCondition shown, Optional<SharedPriority> wanted) {

    static final String TYPE = "culvert.io/SharedPriority";
    static final String API_VERSION = "policy.networking.k8s.io/v1alpha2";

    private static final String REASON = "SamePriority";
    private static final String TRUE = "True";

    /// Whether the object says it. Of the message the names count, so that agents of two versions that word it in two
    /// ways do not write over each other for as long as both are there.
    boolean isShown() {
        return wanted.map(shared -> shown.condition().stream()
                        .anyMatch(condition -> condition.status().equals(TRUE)
                                && condition.reason().equals(REASON)
                                && condition.observedGeneration() == shown.generation()
                                && condition.message().contains(shared.names())))
                .orElse(shown.condition().isEmpty());
    }

    /// What a write would change, whatever the object says now.
    PriorityCondition content() {
        return new PriorityCondition(
                policy, new ShownCondition(shown.uid(), shown.generation(), Optional.empty()), wanted);
    }

    String path() {
        return "/apis/" + API_VERSION + "/clusternetworkpolicies/" + policy + "/status?fieldManager=culvert&force=true";
    }

    /// For server-side apply: all that our field manager says of this object. The uid keeps it from another object of
    /// the same name.
    String patch() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("apiVersion", API_VERSION);
            json.writeStringField("kind", "ClusterNetworkPolicy");
            json.writeObjectFieldStart("metadata");
            json.writeStringField("name", policy);
            if (!shown.uid().isEmpty()) {
                json.writeStringField("uid", shown.uid());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("status");
            // The list is required. Without our condition in it the server takes that away.
            json.writeArrayFieldStart("conditions");
            if (wanted.isPresent()) {
                condition(json, wanted.get());
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("write to memory", e);
        }
        return text.toString();
    }

    private void condition(JsonGenerator json, SharedPriority shared) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", TYPE);
        json.writeStringField("status", TRUE);
        json.writeStringField("reason", REASON);
        json.writeStringField("message", shared.message());
        json.writeNumberField("observedGeneration", shown.generation());
        json.writeStringField("lastTransitionTime", since());
        json.writeEndObject();
    }

    /// Other names or another generation are no transition.
    private String since() {
        return shown.condition()
                .filter(condition ->
                        condition.status().equals(TRUE) && !condition.since().isEmpty())
                .map(ShownCondition.Condition::since)
                .orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
