// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.awaitility.Awaitility.await;

import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabException;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.scenario.ScenarioSubject;
import java.time.Duration;
import java.util.List;

/// One node without pods, named n1, and its agent.
final class AgentSubject implements ScenarioSubject {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Comes and goes after all other manifests: an agent that shows it has seen what was written before it.
    private static final LabService LAST = ServiceLab.service("zz-last", 250);

    private static final String LAST_FILE = "zz-last.yaml";

    /// The same for policies, which are enforced beside Services.
    private static final String LAST_POLICY = """
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: zz-last, namespace: zz-last}
            spec: {podSelector: {}}
            """;

    private final Lab lab = Lab.builder().node("n1", PodAttachment.ROUTED).create();
    private final LabNode node = lab.node("n1");
    private final LabAgent agent = new LabAgent(node);
    private boolean policies;

    AgentSubject() {
        try {
            agent.launch().awaitReady();
        } catch (LabException e) {
            lab.close();
            throw e;
        }
    }

    @Override
    public void apply(String file, String yaml) {
        policies |= yaml.contains("NetworkPolicy");
        node.writeManifest(file, yaml);
    }

    @Override
    public void delete(String file) {
        node.deleteManifest(file);
    }

    @Override
    public void awaitSettled() {
        node.writeManifest(LAST_FILE, LAST.toYaml() + (policies ? LAST_POLICY : ""));
        await().atMost(PATIENCE).until(() -> Listing.of(agent).has(LAST.name()));
        if (policies) {
            await().atMost(PATIENCE)
                    .until(() -> agent.verb("policy", "list", "-n", "zz-last").contains("enforced on"));
        }
        node.deleteManifest(LAST_FILE);
        await().atMost(PATIENCE).until(() -> !Listing.of(agent).has(LAST.name()));
        if (policies) {
            await().atMost(PATIENCE).until(() -> !agent.verb("policy", "list").contains("zz-last"));
        }
    }

    /// Runs a verb; `problems` is the last part of `status`, without the directory of the manifests.
    @Override
    public String run(List<String> words) {
        try {
            if (words.equals(List.of("problems"))) {
                String status = agent.verb("status");
                return status.substring(status.indexOf("Problems:")).replace(node.manifests() + "/", "");
            }
            return agent.verb(words.toArray(String[]::new));
        } catch (LabException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
