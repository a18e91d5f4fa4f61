// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.PolicyText.fromPeers;
import static io.culvert.agent.lab.PolicyText.ingress;
import static io.culvert.agent.lab.PolicyText.namespaces;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabSockets;
import io.culvert.testkit.lab.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Policies at pods of both kinds of nodes, from manifest to socket.
@LabTest
class PolicyLabTest {

    private static final Duration BRIEF = Duration.ofMillis(100);

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
    void C5_05_policiesComeAndGo() {
        lab.policies(ingress(""));
        lab.awaitBlocked("tcp/80", "* -> x/*");
        assertThat(lab.agents().getFirst().verb("status")).contains("1 policies, 2 pods selected");

        lab.policies("");
        lab.awaitBlocked("tcp/80");
        assertThat(lab.agents().getFirst().verb("status"))
                .contains("0 policies")
                .contains("nothing to enforce");
    }

    @Test
    void C3_07_C5_12_C5_19_nothingOpensWhileAgentsEndAndStart() {
        lab.policies(ingress("", fromPeers(namespaces("ns: y"))));
        lab.awaitBlocked("tcp/80", "* -> x/*", "!y/* -> x/*");

        lab.agents().forEach(LabAgent::kill);
        CompletableFuture<Void> started = CompletableFuture.runAsync(() -> {
            lab.agents().forEach(LabAgent::launch);
            lab.agents().forEach(LabAgent::awaitReady);
        });
        int tried = 0;
        while (!started.isDone()) {
            for (IpFamily family : IpFamily.values()) {
                assertThat(connect("z/b", "x/a", family)).isInstanceOf(Outcome.Failure.class);
                assertThat(connect("x/b", "x/c", family)).isInstanceOf(Outcome.Failure.class);
                tried++;
            }
        }
        started.join();
        assertThat(tried).isGreaterThan(5);
        lab.awaitBlocked("tcp/80", "* -> x/*", "!y/* -> x/*");
    }

    /// The pods are on different nodes, one routed and one bridged: whichever node is slower decides.
    @Test
    void aPolicyIsInForceSoonAfterItIsWritten() {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            assertThat(connect("z/b", "x/a", IpFamily.IPV4)).isInstanceOf(Outcome.Answer.class);
            long began = System.nanoTime();
            lab.policies(ingress(""));
            long tried = began;
            while (connect("z/b", "x/a", IpFamily.IPV4) instanceof Outcome.Answer) {
                tried = System.nanoTime();
            }
            millis.add((tried - began) / 1_000_000);
            lab.awaitBlocked("tcp/80", "* -> x/*");
            lab.policies("");
            lab.awaitBlocked("tcp/80");
        }
        System.out.println(
                "from manifest to enforcement, ms: " + millis.stream().sorted().toList());
        assertThat(millis).allMatch(took -> took < 5_000);
    }

    private static Outcome connect(String client, String server, IpFamily family) {
        LabSockets sockets = lab.pod(client).sockets();
        return sockets.tcp(Dial.to(lab.pod(server).ip(family), 80).within(BRIEF));
    }
}
