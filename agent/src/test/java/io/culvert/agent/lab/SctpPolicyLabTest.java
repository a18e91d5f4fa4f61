// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.packet.PacketBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The packets of SCTP sockets at the programs of running agents. They are made by hand, since few kernels have the
/// sockets. Client has one port for all its associations, as a one-to-many socket does. Server lets it in at one
/// port, and other at another one.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
class SctpPolicyLabTest {

    private static final int DATA = 0;
    private static final int INIT = 1;
    private static final int INIT_ACK = 2;
    private static final int ABORT = 6;
    private static final int COOKIE_ECHO = 10;
    private static final int COOKIE_ACK = 11;

    private static final int ONE_TO_MANY = 5000;
    private static final int MARKER = 9;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String POLICIES = policy("server", 9003) + "---\n" + policy("other", 9005);

    private final Map<String, HeardPackets> heard = new TreeMap<>();
    private int sent;
    private Lab lab;
    private LabPod client;
    private LabPod stranger;
    private LabPod server;
    private LabPod other;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "stranger")
                .node("n2", PodAttachment.BRIDGED, "server", "other")
                .create();
        client = lab.pod("client");
        stranger = lab.pod("stranger");
        server = lab.pod("server");
        other = lab.pod("other");
        lab.pods().forEach(pod -> heard.put(pod.name(), new HeardPackets(pod)));
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest("policies.yaml", POLICIES);
        LabAgent.launchOnAll(lab);
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private static String policy(String pod, int port) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: %s, namespace: default}
                spec:
                  podSelector: {matchLabels: {app: %s}}
                  policyTypes: [Ingress, Egress]
                  ingress:
                  - from: [{podSelector: {matchLabels: {app: client}}}]
                    ports: [{protocol: SCTP, port: %d}]
                  - ports: [{protocol: UDP, port: 9}]
                  egress: [{ports: [{protocol: UDP, port: 9}]}]
                """.formatted(pod, pod, port);
    }

    @ParameterizedTest
    @EnumSource
    void C8_11_associationsOfOnePortAreJudgedEachForItself(IpFamily family) {
        nothingOpensThatIsNotAllowed(family);

        open(family, server, 9003);
        open(family, other, 9005);
        lost(family, INIT, client, ONE_TO_MANY, other, 9003);
        lost(family, DATA, client, ONE_TO_MANY, other, 9003);
        lost(family, INIT_ACK, other, 9003, client, ONE_TO_MANY);
        // Who was asked may not ask by itself, not even at the same ports.
        lost(family, INIT, server, 9003, client, ONE_TO_MANY);
        arrives(family, DATA, server, 9003, client, ONE_TO_MANY);

        arrives(family, ABORT, client, ONE_TO_MANY, server, 9003);
        arrives(family, DATA, client, ONE_TO_MANY, other, 9005);
        arrives(family, DATA, other, 9005, client, ONE_TO_MANY);
        open(family, server, 9003);
        arrives(family, ABORT, server, 9003, client, ONE_TO_MANY);
        arrives(family, DATA, other, 9005, client, ONE_TO_MANY);

        lab.writeManifest("policies.yaml", policy("server", 9003) + "---\n" + policy("other", 9009));
        await().atMost(PATIENCE).untilAsserted(() -> lost(family, DATA, client, ONE_TO_MANY, other, 9005));
        lost(family, DATA, other, 9005, client, ONE_TO_MANY);
        open(family, server, 9003);
    }

    private void nothingOpensThatIsNotAllowed(IpFamily family) {
        for (int chunk : new int[] {INIT, INIT_ACK, COOKIE_ECHO, DATA, ABORT}) {
            lost(family, chunk, stranger, ONE_TO_MANY, server, 9003);
            lost(family, chunk, client, ONE_TO_MANY, server, 9004);
            lost(family, chunk, server, 9003, stranger, ONE_TO_MANY);
        }
        // An answer to nothing.
        lost(family, INIT_ACK, client, ONE_TO_MANY, server, 9003);
        lost(family, INIT_ACK, server, 9003, client, ONE_TO_MANY);
    }

    private void open(IpFamily family, LabPod target, int port) {
        arrives(family, INIT, client, ONE_TO_MANY, target, port);
        arrives(family, INIT_ACK, target, port, client, ONE_TO_MANY);
        arrives(family, COOKIE_ECHO, client, ONE_TO_MANY, target, port);
        arrives(family, COOKIE_ACK, target, port, client, ONE_TO_MANY);
        arrives(family, DATA, client, ONE_TO_MANY, target, port);
        arrives(family, DATA, target, port, client, ONE_TO_MANY);
    }

    private void arrives(IpFamily family, int chunk, LabPod from, int fromPort, LabPod to, int toPort) {
        heard(to).awaitAll(List.of(send(family, chunk, from, fromPort, to, toPort)));
    }

    private void lost(IpFamily family, int chunk, LabPod from, int fromPort, LabPod to, int toPort) {
        String text = send(family, chunk, from, fromPort, to, toPort);
        String marker = "marker " + ++sent;
        from.sockets()
                .send(PacketBuilder.bare()
                        .ip(from.ip(family), to.ip(family))
                        .udp(MARKER, MARKER)
                        .payload(marker)
                        .toBytes());
        heard(to).awaitAll(List.of(marker));
        assertThat(heard(to).texts()).doesNotContain(text);
    }

    /// @return the text that the packet carries
    private String send(IpFamily family, int chunk, LabPod from, int fromPort, LabPod to, int toPort) {
        String text = "%d: chunk %d from %s to %s:%d".formatted(++sent, chunk, from, to, toPort);
        from.sockets()
                .send(PacketBuilder.bare()
                        .ip(from.ip(family), to.ip(family))
                        .sctp(fromPort, toPort, header -> header.chunkType(chunk))
                        .payload(text)
                        .toBytes());
        return text;
    }

    private HeardPackets heard(LabPod pod) {
        return Objects.requireNonNull(heard.get(pod.name()));
    }
}
