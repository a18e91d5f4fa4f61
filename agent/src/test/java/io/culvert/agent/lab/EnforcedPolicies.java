// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.lab.Lab;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The policies of a lab: a manifest that all agents read, and when they have.
final class EnforcedPolicies {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final Pattern NAME = Pattern.compile("metadata: \\{name: ([\\w-]+)(?:, namespace: ([\\w-]+))?");

    private final Lab lab;
    private final List<LabAgent> agents;
    private Map<String, String> written = Map.of();

    EnforcedPolicies(Lab lab, List<LabAgent> agents) {
        this.lab = lab;
        this.agents = agents;
    }

    /// These and no others, without waiting for agents.
    void write(String yaml) {
        lab.writeManifest("policies.yaml", yaml.isEmpty() ? "# none\n" : yaml);
        written = byName(yaml);
    }

    /// These and no others; waits until each agent says that it enforces them: all of these names and no others, and
    /// of a policy that is there already and is written in another way now, something else than before.
    ///
    /// So pairs that a policy must leave open are not tried before it is there, and others not in vain. More than
    /// that is not believed.
    void enforce(String yaml) {
        Map<String, String> last = written;
        Map<LabAgent, PolicyListing> before = new HashMap<>();
        agents.forEach(agent -> before.put(agent, PolicyListing.of(agent)));
        write(yaml);
        Set<String> changed = written.entrySet().stream()
                .filter(policy -> last.containsKey(policy.getKey()))
                .filter(policy -> !policy.getValue().equals(last.get(policy.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        agents.forEach(agent -> awaitEnforced(agent, Objects.requireNonNull(before.get(agent)), changed));
    }

    private void awaitEnforced(LabAgent agent, PolicyListing before, Set<String> changed) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(OFTEN).untilAsserted(() -> {
            PolicyListing now = PolicyListing.of(agent);
            assertThat(now.words().keySet()).as(agent.node().name()).isEqualTo(written.keySet());
            assertThat(now.waiting()).isEmpty();
            assertThat(changed)
                    .allSatisfy(name -> assertThat(now.words().get(name))
                            .as("changed")
                            .isNotEqualTo(before.words().get(name)));
        });
    }

    private static Map<String, String> byName(String yaml) {
        Map<String, String> documents = new TreeMap<>();
        for (String document : yaml.split("(?m)^---\n")) {
            Matcher name = NAME.matcher(document);
            if (name.find()) {
                documents.put((name.group(2) == null ? "" : name.group(2) + "/") + name.group(1), document);
            }
        }
        return documents;
    }
}
