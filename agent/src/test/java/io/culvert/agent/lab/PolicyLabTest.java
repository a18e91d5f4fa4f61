// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.PolicyText.egress;
import static io.culvert.agent.lab.PolicyText.fromPeers;
import static io.culvert.agent.lab.PolicyText.ingress;
import static io.culvert.agent.lab.PolicyText.namespaces;
import static io.culvert.agent.lab.PolicyText.pods;
import static io.culvert.agent.lab.PolicyText.ports;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabSockets;
import io.culvert.testkit.lab.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Policies at pods of both kinds of nodes, from manifest to socket.
@LabTest
class PolicyLabTest {

    private static final Duration BRIEF = Duration.ofMillis(100);
    private static final Duration KILLING = Duration.ofSeconds(Long.getLong("policy.kill.seconds", 3));
    private static final int MARKER_PORT = 9;

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

    /// As who is protected, as who is let in, and by policies that come while it terminates.
    @Test
    void C5_08_aPodThatTerminatesKeepsItsPoliciesUntilItIsGone() {
        lab.policies(ingress("pod: a", fromPeers(pods("pod: b"), pods("seen: all"))));
        lab.awaitBlocked("tcp/80", "* -> x/a", "!x/b -> x/a");

        lab.terminate("x/a", "x/b");
        // All pods are in one file: who may connect by this has agents that know who terminates.
        lab.labelPod("x/c", "seen: all");
        for (String traffic : List.of("tcp/80", "udp/80")) {
            lab.awaitBlocked(traffic, "* -> x/a", "!x/b -> x/a", "!x/c -> x/a");
        }
        lab.policies(ingress(""));
        lab.awaitBlocked("tcp/80", "* -> x/*");

        lab.policies(ingress("pod: a", fromPeers(pods("pod: b"), pods("seen: all"))));
        lab.awaitBlocked("tcp/80", "* -> x/a", "!x/b -> x/a", "!x/c -> x/a");
        lab.hide("x/b");
        lab.awaitBlocked("tcp/80", "* -> x/a", "!x/c -> x/a");
        lab.hide("x/a");
        lab.awaitBlocked("tcp/80");
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

    /// Port `web` has another number at pods called a than at others, behind the same port of their Services.
    @Test
    void C8_15_aPortNameIsTheNumberOfThePodBehindItsService() {
        String web = "tcp/" + PolicyLab.WEB;

        lab.policies(ingress("", ports("port: web")));
        lab.awaitBlocked("tcp/81", "* -> x/a");
        lab.awaitBlocked("tcp/80", "* -> x/b", "* -> x/c");
        lab.awaitBlocked(web);

        lab.policies(egress("", ports("port: web")));
        lab.awaitBlocked("tcp/81", "x/* -> */a");
        lab.awaitBlocked("tcp/80", "x/* -> */b", "x/* -> */c");
        lab.awaitBlocked(web);
    }

    /// In the middle of updates, again and again; `-Dpolicy.kill.seconds=N` goes on for so long. What may pass shows
    /// that what may not has not come before it.
    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void C8_08_noPacketOfADeniedPairPassesWhileAgentsAreKilled() {
        lab.policies(changing(0));
        lab.awaitBlocked("tcp/80", "z/* -> x/*", "x/* -> x/*");
        Map<LabPod, LabPod> denied =
                Map.of(lab.pod("z/b"), lab.pod("x/a"), lab.pod("z/a"), lab.pod("x/b"), lab.pod("x/c"), lab.pod("x/a"));
        Map<LabPod, HeardPackets> heard =
                denied.values().stream().distinct().collect(Collectors.toMap(Function.identity(), HeardPackets::new));

        CompletableFuture<Integer> kills = CompletableFuture.supplyAsync(this::killInTheMiddleOfUpdates);
        int rounds = 0;
        while (!kills.isDone()) {
            String round = "allowed " + rounds++;
            denied.forEach((from, to) -> {
                PodDatagrams.send(from, to, 80, "forbidden");
                PodDatagrams.send(from, to, MARKER_PORT, round + " of " + from.name());
            });
            denied.forEach((from, to) ->
                    requireNonNull(heard.get(to)).awaitAll(PodDatagrams.texts(round + " of " + from.name())));
            assertThat(heard.values().stream().flatMap(one -> one.texts().stream()))
                    .as(round)
                    .noneMatch(text -> text.contains("forbidden"));
            heard.values().forEach(HeardPackets::forget);
        }
        System.out.println(rounds + " rounds of packets while agents were killed " + kills.join() + " times");
        assertThat(rounds).isGreaterThan(10);
        lab.policies("");
        lab.awaitBlocked("tcp/80");
    }

    private int killInTheMiddleOfUpdates() {
        long end = System.nanoTime() + KILLING.toNanos();
        int kills = 0;
        int updates = 0;
        do {
            for (LabAgent agent : lab.agents()) {
                for (int i = kills % 4; i >= 0; i--) {
                    lab.policies(changing(++updates));
                }
                agent.kill();
                agent.launch().awaitReady();
                kills++;
            }
        } while (end - System.nanoTime() > 0);
        return kills;
    }

    /// Pods of x let in those of y, and datagrams of everybody to one port; what is added to that is about nobody here.
    private static String changing(int update) {
        return ingress(
                "",
                fromPeers(namespaces("ns: y")),
                ports("port: " + MARKER_PORT + ", protocol: UDP"),
                fromPeers("{ipBlock: {cidr: 198.18." + update % 256 + ".0/24}}"));
    }

    /// The pods are on different nodes, one routed and one bridged: whichever node is slower decides.
    @Test
    void C3_04_aPolicyIsInForceSoonAfterItIsWritten() {
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
