// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Request;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiEventSinkTest {

    private static final ObjectName WEB = new ObjectName("shop", "web");

    private final FakeApiServer server = FakeApiServer.start();
    private final KubernetesSource source = KubernetesSource.open(
            new KubernetesConfig(null, URI.create(server.url()), "n1", false), SourceUnderTest.IMPATIENT);
    private final EventSink events = source.events();

    @AfterEach
    void stop() {
        source.close();
        server.close();
    }

    @Test
    void anEventSaysWhatWhoAndWhere() {
        events.post(ObjectKind.SERVICE, WEB, "ClusterIPConflict", "10.96.0.10 belongs to \"default/web\"");

        await().until(() -> server.events().size() == 1);
        JsonNode event = server.events().getFirst();
        assertThat(event.at("/type").asText()).isEqualTo("Warning");
        assertThat(event.at("/reason").asText()).isEqualTo("ClusterIPConflict");
        assertThat(event.at("/message").asText()).isEqualTo("10.96.0.10 belongs to \"default/web\"");
        assertThat(event.at("/metadata/namespace").asText()).isEqualTo("shop");
        assertThat(event.at("/involvedObject/kind").asText()).isEqualTo("Service");
        assertThat(event.at("/involvedObject/name").asText()).isEqualTo("web");
        assertThat(event.at("/source/host").asText()).isEqualTo("n1");
        assertThat(server.requests()).extracting(Request::path).containsExactly("/api/v1/namespaces/shop/events");
    }

    @Test
    void whatIsNoTroubleIsANormalEvent() {
        events.note(ObjectKind.NODE, new ObjectName("", "n1"), "Starting", "culvert is starting");

        await().until(() -> server.events().size() == 1);
        JsonNode event = server.events().getFirst();
        assertThat(event.at("/type").asText()).isEqualTo("Normal");
        assertThat(event.at("/metadata/namespace").asText()).isEqualTo("default");
        assertThat(event.at("/involvedObject/kind").asText()).isEqualTo("Node");
    }

    @Test
    void theSameEventIsPostedOnce() {
        for (int i = 0; i < 10; i++) {
            events.post(ObjectKind.SERVICE, WEB, "ClusterIPConflict", "again");
        }
        events.post(ObjectKind.NODE, new ObjectName("", "n1"), "Last", "the end");

        await().until(() -> server.events().stream()
                .anyMatch(event -> event.at("/reason").asText().equals("Last")));
        assertThat(server.events()).hasSize(2);
    }

    @Test
    void aFloodIsCutOff() {
        for (int i = 0; i < 1_000; i++) {
            events.post(ObjectKind.SERVICE, new ObjectName("shop", "web-" + i), "ClusterIPConflict", "one of many");
        }

        await().until(() -> server.events().size() >= 64);
        assertThat(server.events()).hasSizeLessThanOrEqualTo(120);
    }

    @Test
    void aServerThatRefusesDoesNotStopLaterEvents() {
        server.answer(request -> request.method().equals("POST"), Answer.status(403, "Forbidden", "no"), 1);
        events.post(ObjectKind.SERVICE, WEB, "First", "is refused");
        events.post(ObjectKind.SERVICE, WEB, "Second", "is taken");

        await().until(() -> server.events().size() == 1);
        assertThat(server.events().getFirst().at("/reason").asText()).isEqualTo("Second");
    }
}
