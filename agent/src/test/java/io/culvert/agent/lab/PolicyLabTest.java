// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.testkit.LabTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Policies at pods of both kinds of nodes, from manifest to socket.
@LabTest
class PolicyLabTest {

    private static final String DENY = policy("deny", "podSelector: {}", "policyTypes: [Ingress]");

    private static PolicyLab lab;

    @BeforeAll
    static void create() {
        lab = PolicyLab.create();
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @BeforeEach
    void reset() {
        lab.reset();
        lab.awaitBlocked("tcp/80");
    }

    @Test
    void C6_01_defaultDenyIngress() {
        lab.policies(DENY);
        lab.awaitBlocked("tcp/80", "* -> x/*");
    }

    /// A policy of namespace x.
    private static String policy(String name, String... spec) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: %s, namespace: x}
                spec:
                  %s
                ---
                """.formatted(name, String.join("\n  ", spec));
    }
}
