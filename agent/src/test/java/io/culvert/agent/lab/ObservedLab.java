// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.util.Map;

/// What tests of flows look at: pods behind a Service of their own name, one of which nobody may reach.
final class ObservedLab {

    static final int PORT = 80;
    static final int TARGET_PORT = 8080;

    /// The numbers of their Services.
    static final int WEB = 10;

    static final int DB = 11;

    /// Nobody may reach `db`.
    static final String DENIED = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: nobody, namespace: default}
            spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}
            """;

    private ObservedLab() {}

    /// One node with pods `client`, `plain`, whose sockets are not translated, `web` and `db`. No agent runs.
    ///
    /// @param policies manifest
    static Lab create(String policies) {
        Lab lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "plain", "web", "db")
                .create();
        lab.writeManifest(
                "objects.yaml",
                String.join(
                        "---\n",
                        LabObjects.node(lab.node("n1")),
                        LabObjects.pod(lab.pod("client"), Map.of()),
                        LabObjects.pod(lab.pod("plain"), Map.of("culvert.io/socket-lb", "off")),
                        LabObjects.pod(lab.pod("web"), Map.of()),
                        LabObjects.pod(lab.pod("db"), Map.of())));
        lab.writeManifest("policy.yaml", policies);
        serve(lab.pod("web"), WEB, lab);
        serve(lab.pod("db"), DB, lab);
        return lab;
    }

    /// Gives a pod a Service and a server.
    static void serve(LabPod pod, int number, Lab lab) {
        LabService service = LabService.named(
                        pod.name(), address(IpFamily.IPV4, number), address(IpFamily.IPV6, number))
                .port(PORT, TARGET_PORT)
                .backedBy(pod);
        lab.writeManifest(pod.name() + ".yaml", service.toYaml());
        pod.sockets().serve(TARGET_PORT);
    }

    /// A connection of `client` that `web` answers.
    static void connect(Lab lab, IpFamily family) {
        Outcome outcome = lab.pod("client").sockets().tcp(address(family, WEB), PORT);
        assertThat(outcome.answer().server()).isEqualTo("web");
    }

    /// The ClusterIP of a Service.
    static String address(IpFamily family, int number) {
        return family == IpFamily.IPV4 ? "10.96.0." + number : "fd96::" + number;
    }
}
