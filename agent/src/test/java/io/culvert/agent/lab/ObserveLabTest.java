// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.culvert.net.IpFamily;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `culvert observe` of real connections.
@LabTest
class ObserveLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String TIME = "[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8}\\.[0-9]{3}: ";
    private static final String ID = " \\(ID:[0-9]+\\)";

    @TempDir
    private static Path directory;

    private static Lab lab;
    private static LabAgent agent;

    @BeforeAll
    static void create() {
        lab = ObservedLab.create("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: web, namespace: default}
                spec:
                  podSelector: {matchLabels: {app: web}}
                  policyTypes: [Ingress]
                  ingress:
                    - ports: [{protocol: TCP, port: 8080}]
                ---
                """ + ObservedLab.DENIED);
        LabNode node = lab.node("n1");
        agent = new LabAgent(node)
                .launch(
                        "--flow-aggregation",
                        "low",
                        "--flow-export-path",
                        directory.resolve("flows.log").toString(),
                        "--flow-export-allow",
                        "{\"verdict\":[\"DROPPED\"],\"destination_pod\":[\"default/db\"]}",
                        "--flow-export-field-mask",
                        "verdict,source.pod_name,destination.pod_name,IP.ipVersion")
                .awaitReady();
        await().atMost(PATIENCE).until(() -> Files.exists(node.runDir().resolve("hubble.sock")));
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    private static String version(IpFamily family) {
        return family == IpFamily.IPV4 ? "-4" : "-6";
    }

    private static List<String> observe(String... flags) {
        List<String> words = new ArrayList<>(List.of("observe", "--all"));
        words.addAll(List.of(flags));
        return agent.verb(words.toArray(String[]::new)).lines().toList();
    }

    private static void awaitLine(String expected, String... flags) {
        Pattern pattern = Pattern.compile(TIME + expected);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(observe(flags))
                        .anyMatch(line -> pattern.matcher(line).matches()));
    }

    @ParameterizedTest
    @EnumSource
    void allowedAndTranslatedConnectionsHaveNames(IpFamily family) {
        ObservedLab.connect(lab, family);

        String backend = Pattern.quote(lab.pod("web").ip(family) + "");
        awaitLine(
                "default/client:[0-9]+" + ID + " (->|<>) default/web:(80|8080)" + ID
                        + " policy-verdict:L4-Only INGRESS ALLOWED BY default/web \\(NetworkPolicy\\) \\(TCP Flags: SYN.*",
                version(family),
                "--to-pod",
                "web",
                "--type",
                "policy-verdict",
                "--print-policy-names");
        awaitLine(
                "default/client" + ID + " -> default/web:80" + ID + " post-xlate-fwd TRANSLATED \\(TCP; to \\[?"
                        + backend + "\\]?:8080\\)",
                version(family),
                "--from-pod",
                "default/client",
                "--to-service",
                "web",
                "--verdict",
                "TRANSLATED");
        assertThat(observe(version(family), "--from-pod", "default/client", "--verdict", "TRANSLATED"))
                .allMatch(line -> line.contains("TRANSLATED") && line.contains("default/client"));
        assertThat(observe("--from-pod", "nobody/")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void deniedConnectionsHaveNamesAndAReason(IpFamily family) {
        Dial dial = Dial.to(ObservedLab.address(family, ObservedLab.DB), ObservedLab.PORT)
                .within(Duration.ofMillis(300));
        assertThat(lab.pod("client").sockets().tcp(dial).failure()).isNotNull();

        awaitLine(
                "default/client:[0-9]+" + ID + " <> default/db:(80|8080)" + ID
                        + " policy-verdict:none INGRESS DENIED \\(TCP Flags: SYN.*",
                version(family),
                "--to-pod",
                "db",
                "--drop-reason-desc",
                "POLICY_DENIED");
        // The packet has lost its socket there, and with it what was dialled; where it was sent, that was told.
        assertThat(observe(
                        version(family), "--verdict", "DROPPED", "--to-service", "default/db", "--from-pod", "client"))
                .anyMatch(line -> line.contains("INGRESS DENIED"));
        assertThat(observe(version(family), "--not", "--verdict", "DROPPED", "--to-pod", "db"))
                .noneMatch(line -> line.contains("DENIED"));
        String exported = "{\"flow\":{\"verdict\":\"DROPPED\",\"IP\":{\"ipVersion\":\""
                + (family == IpFamily.IPV4 ? "IPv4" : "IPv6")
                + "\"},\"source\":{\"pod_name\":\"client\"},\"destination\":{\"pod_name\":\"db\"}";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Files.readAllLines(directory.resolve("flows.log")))
                        .anyMatch(line -> line.startsWith(exported))
                        .allMatch(line -> line.contains("\"pod_name\":\"db\"")));
    }

    /// In audit mode of their namespace, policies forbid nothing, and what they would forbid is told.
    @ParameterizedTest
    @EnumSource
    void whatAuditModeLetsThroughIsShownAsThat(IpFamily family) {
        Dial dial = Dial.to(ObservedLab.address(family, ObservedLab.DB), ObservedLab.PORT)
                .within(Duration.ofMillis(300));
        lab.writeManifest("namespace.yaml", """
                apiVersion: v1
                kind: Namespace
                metadata: {name: default, annotations: {culvert.io/policy-mode: audit}}
                """);
        try {
            await().atMost(PATIENCE)
                    .until(() -> lab.pod("client").sockets().tcp(dial), Outcome.Answer.class::isInstance);
            awaitLine(
                    "default/client:[0-9]+" + ID + " (->|<>) default/db:(80|8080)" + ID
                            + " policy-verdict:none INGRESS AUDITED \\(TCP Flags: SYN.*",
                    version(family),
                    "--to-pod",
                    "db",
                    "--verdict",
                    "AUDIT");
        } finally {
            lab.deleteManifest("namespace.yaml");
        }
        await().atMost(PATIENCE).until(() -> lab.pod("client").sockets().tcp(dial), Outcome.Failure.class::isInstance);
    }

    @ParameterizedTest
    @EnumSource
    void jsonIsTheMessagesOfTheApi(IpFamily family) {
        ObservedLab.connect(lab, family);

        Flow flow = await().atMost(PATIENCE)
                .until(
                        () ->
                                observe(version(family), "-o", "json", "--from-pod", "client", "--tcp-flags", "SYN")
                                        .stream()
                                        .map(ObserveLabTest::parse)
                                        .map(GetFlowsResponse::getFlow)
                                        .filter(found -> found.getVerdict() == Verdict.FORWARDED)
                                        .findFirst()
                                        .orElse(null),
                        Objects::nonNull);

        assertThat(flow.getDestination().getPodName()).isEqualTo("web");
        assertThat(flow.getDestinationService().getName()).isEqualTo("web");
        assertThat(flow.getUuid()).isNotEmpty();
        List<String> masked = observe("-o", "json", "--uuid", flow.getUuid(), "--experimental-field-mask", "uuid");
        assertThat(masked.stream().map(ObserveLabTest::parse).map(GetFlowsResponse::getFlow))
                .containsExactly(Flow.newBuilder().setUuid(flow.getUuid()).build());
    }

    private static GetFlowsResponse parse(String line) {
        GetFlowsResponse.Builder response = GetFlowsResponse.newBuilder();
        try {
            JsonFormat.parser().merge(line, response);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(line, e);
        }
        return response.build();
    }

    @ParameterizedTest
    @EnumSource
    void tablesAndDictionariesShowTheSame(IpFamily family) {
        ObservedLab.connect(lab, family);
        String[] flags = {version(family), "--from-pod", "client", "--to-service", "web", "--type", "trace-sock"};

        await().atMost(PATIENCE).until(() -> !observe(flags).isEmpty());

        assertThat(observe("--from-ip", lab.pod("client").ip(family).toString(), "--type", "trace-sock"))
                .isNotEmpty();
        assertThat(observe(with(flags, "-o", "table")).getFirst())
                .matches("TIMESTAMP +SOURCE +DESTINATION +TYPE +VERDICT +SUMMARY");
        assertThat(observe(with(flags, "-o", "dict")))
                .contains("DESTINATION: default/web:80", "       TYPE: post-xlate-fwd", "    VERDICT: TRANSLATED");
    }

    private static String[] with(String[] flags, String... more) {
        return Stream.concat(Stream.of(flags), Stream.of(more)).toArray(String[]::new);
    }
}
