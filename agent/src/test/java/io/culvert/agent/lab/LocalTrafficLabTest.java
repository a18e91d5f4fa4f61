// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose connections are masqueraded, for each way to tell pods from other clients.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class LocalTrafficLabTest {

    private static final int NODE_PORT = 30080;

    private static ServiceLab lab;
    private static LabClient external;
    private static LabService web;
    private static LabService near;

    @BeforeAll
    static void create() {
        lab = ServiceLab.with(ServiceLab.service("first", 40));
        external = lab.lab().addClient("external");
        web = ServiceLab.service("web", 41)
                .backedBy(lab.pod("web2"))
                .exposed(LabExposure.nodePort(NODE_PORT).trafficPolicy("Local"));
        near = ServiceLab.service("near", 42).backedBy(lab.pod("web1"));
        for (LabService service : List.of(web, near)) {
            lab.apply(service);
            lab.awaitBackends(service, 2);
            lab.lab().routeTo(lab.lab().node("n1"), service.clusterIps().toArray(IpAddress[]::new));
        }
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--cluster-cidr 10.244.0.0/16,fd44::/48",
                "--detect-local-mode NodeCIDR",
                "--detect-local-mode InterfaceNamePrefix --pod-interface-name-prefix cali"
            })
    void A6_01_A6_07_A7_01_A7_02_A7_04_A7_07_podsKeepTheirAddressAndOthersAreMasqueraded(String options) {
        restart(options);

        for (IpFamily family : IpFamily.values()) {
            for (LabPod pod : List.of(lab.pod("client1"), lab.pod("plain1"))) {
                assertThat(clusterIp(pod, family).answer().seen().address()).isEqualTo(pod.ip(family));
                // externalTrafficPolicy Local: a pod's connection goes to any endpoint, another's is dropped here.
                assertThat(nodePort(pod, family).answer().seen().address()).isEqualTo(pod.ip(family));
            }
            assertThat(clusterIp(external, family).answer().seen().address()).isNotEqualTo(external.ip(family));
            assertThat(nodePort(external, family).failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
        }
    }

    @Test
    void A6_30_A6_31_A7_05_withoutDetectionNobodyIsAPod() {
        restart("--detect-local-mode ClusterCIDR");

        for (IpFamily family : IpFamily.values()) {
            LabPod pod = lab.pod("plain1");
            assertThat(clusterIp(pod, family).answer().seen().address()).isEqualTo(pod.ip(family));
            // Nobody knows that it is a pod: its connection is treated as one from outside.
            assertThat(nodePort(pod, family).failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
            Outcome outcome = external.sockets().tcp(lab.dial(near, family));
            assertThat(outcome.answer().seen().address()).isEqualTo(external.ip(family));
        }
    }

    @Test
    void A6_32_everybodyIsMasqueradedWhereAllShallBe() {
        restart("--masquerade-all true");

        for (IpFamily family : IpFamily.values()) {
            for (LabHost client : Stream.of("client1", "plain1").map(lab::pod).toList()) {
                assertThat(clusterIp(client, family).answer().seen().address())
                        .isEqualTo(lab.lab().node("n1").ip(family));
            }
        }
    }

    private static void restart(String options) {
        lab.agents().forEach(LabAgent::terminate);
        lab.startAgents(options.isEmpty() ? new String[0] : options.split(" "));
    }

    private static Outcome clusterIp(LabHost client, IpFamily family) {
        return client.sockets().tcp(lab.dial(web, family));
    }

    private static Outcome nodePort(LabHost client, IpFamily family) {
        IpAddress address = lab.lab().node("n1").ip(family);
        return client.sockets().tcp(Dial.to(address, NODE_PORT).within(ServiceLab.BRIEF));
    }
}
