// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import java.time.Duration;
import java.util.List;

/// A NetworkPolicy that lets one pod in and no other, and what Culvert says of it.
final class Policies {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Long for a connection within a machine; nothing answers one that a policy refuses.
    private static final Duration REFUSED = Duration.ofMillis(300);

    private static final String FILE = "policy.yaml";

    private static final String ONLY_CLIENT = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchExpressions: [{key: app, operator: In, values: [web-1, web-2]}]}
              ingress:
              - from: [{podSelector: {matchLabels: {app: client}}}]
                ports: [{port: 8080, protocol: TCP}]
            """;

    private final Stage stage;
    private final Lab lab;

    Policies(Stage stage, Lab lab) {
        this.stage = stage;
        this.lab = lab;
    }

    void steps(List<DemoAgent> agents) {
        DemoAgent agent = agents.getFirst();
        stage.title("A NetworkPolicy: only pod client may reach web");
        LabPod client = lab.pod("client");
        LabPod sidecar = lab.pod("sidecar");
        lab.writeManifest(FILE, ONLY_CLIENT);
        stage.step("a pod that the policy does not name is refused, whichever backend it is given", () -> {
            await(sidecar, false);
            return "no answer";
        });
        stage.step("the pod that it names is let in", () -> {
            await(client, true);
            return "web answered";
        });
        stage.step("culvert says which rule decided, and the programs in the kernel agree", () -> {
            explain(agent, "sidecar", ": refused");
            explain(agent, "client", ": allowed");
            return "sidecar refused, client allowed, datapath: agrees";
        });
        new FlowLogs(stage, lab, agent).steps();
        lab.deleteManifest(FILE);
        stage.step("without the policy everyone is let in again", () -> {
            await(sidecar, true);
            return "web answered";
        });
    }

    private void explain(DemoAgent agent, String from, String verdict) {
        String explained = agent.run("policy", "explain", from, "web", "80/TCP");
        stage.show("culvert policy explain " + from + " web 80/TCP", explained);
        Demo.check(explained.contains(verdict), explained);
        Demo.check(explained.contains("datapath: agrees"), explained);
    }

    /// Waits until each of some connections in a row is answered, or none is.
    private static void await(LabPod from, boolean answered) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int row = 0; row < 4; ) {
            Dial dial = Dial.to(DemoCluster.WEB_V4, DemoCluster.WEB_PORT).within(REFUSED);
            boolean answer = from.sockets().tcp(dial) instanceof Outcome.Answer;
            row = answer == answered ? row + 1 : 0;
            Demo.check(System.nanoTime() < end, from + (answered ? " is not let in" : " is let in"));
        }
    }
}
