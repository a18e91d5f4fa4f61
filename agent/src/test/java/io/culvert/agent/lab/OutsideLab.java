// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.Outcome.Answer;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// The two nodes of a [ServiceLab], and two clients beyond a router.
final class OutsideLab implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int TRIES = 40;

    private final ServiceLab services = ServiceLab.with(ServiceLab.service("first", 40));
    private final LabClient near = services.lab().addClient("near");
    private final LabClient far = services.lab().addClient("far");

    ServiceLab services() {
        return services;
    }

    LabClient near() {
        return near;
    }

    LabClient far() {
        return far;
    }

    /// With routed pods.
    LabNode n1() {
        return services.lab().node("n1");
    }

    /// With bridged pods.
    LabNode n2() {
        return services.lab().node("n2");
    }

    LabPod pod(String name) {
        return services.pod(name);
    }

    /// A Service with a pod on each node.
    LabService spread(String name, int number) {
        return ServiceLab.service(name, number).backedBy(pod("web1"), pod("web2"));
    }

    /// Has all agents serve it.
    void publish(LabService service) {
        services.apply(service);
        services.awaitBackends(service, service.backends().size() * 2);
    }

    /// Servers let in these peers, a list of `from`, and nobody else.
    void letIn(String peers) {
        services.lab().writeManifest("guard.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: guard, namespace: default}
                spec:
                  podSelector: {matchExpressions: [{key: app, operator: In, values: [web1, web2]}]}
                  policyTypes: [Ingress]
                  ingress: [{from: [%s]}]
                """.formatted(peers));
    }

    /// Has the router send a load balancer's address to a node.
    void routeTo(LabNode node, IpAddress vip) {
        services.lab().routeTo(node, vip);
    }

    /// The servers that many connections of the near client reached; none saw the client's address.
    Set<String> masqueradedServers(Supplier<Outcome> dial, IpFamily family) {
        Set<String> servers = new TreeSet<>();
        for (int i = 0; i < TRIES && servers.size() < 2; i++) {
            Answer answer = dial.get().answer();
            servers.add(answer.server());
            assertThat(answer.seen().address()).isNotEqualTo(near.ip(family));
        }
        return servers;
    }

    static void awaitAnswer(Supplier<Outcome> dial) {
        await().atMost(PATIENCE).until(() -> dial.get() instanceof Answer);
    }

    void awaitDevices(String devices) {
        await().atMost(PATIENCE)
                .until(() ->
                        services.agents().getFirst().verb("status").contains("Devices:         " + devices + "\n"));
    }

    static IpAddress vip(IpFamily family, int number) {
        return IpAddress.of(family == IpFamily.IPV4 ? "192.0.2." + number : "fd90::" + number);
    }

    static Outcome tcp(LabHost client, IpAddress address, int port) {
        return client.sockets().tcp(Dial.to(address, port).within(ServiceLab.BRIEF));
    }

    static Outcome udp(LabHost client, IpAddress address, int port) {
        return client.sockets().udp(Dial.to(address, port).within(ServiceLab.BRIEF));
    }

    /// @param protocol TCP or UDP
    static Outcome dial(Protocol protocol, LabHost client, IpAddress address, int port) {
        return protocol == Protocol.TCP ? tcp(client, address, port) : udp(client, address, port);
    }

    @Override
    public void close() {
        services.close();
    }
}
