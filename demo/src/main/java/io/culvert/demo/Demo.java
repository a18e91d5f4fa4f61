// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabException;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Load;
import io.culvert.testkit.lab.LoadKind;
import io.culvert.testkit.lab.LoadReport;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.io.Console;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `culvert demo`: two nodes and their pods in network namespaces, one agent a node, and connections through Services.
/// Each step says what it proves; the exit status is 0 only if all do.
public final class Demo {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int TRIES = 12;

    private final Stage stage;
    private final Lab lab;
    private final List<DemoAgent> agents;

    private Demo(Stage stage, Lab lab, List<DemoAgent> agents) {
        this.stage = stage;
        this.lab = lab;
        this.agents = agents;
    }

    /// @param args `[--keep] COMMAND...`: the command that runs Culvert, with its first arguments
    public static void main(String[] args) throws InterruptedException {
        boolean keep = args.length > 0 && args[0].equals("--keep");
        List<String> culvert = List.of(args).subList(keep ? 1 : 0, args.length);
        Stage stage = new Stage(System.out, onTerminal() && System.getenv("NO_COLOR") == null);
        try {
            run(stage, culvert, keep);
        } catch (LabException e) {
            Stage.awaitEndIfInterrupted();
            throw e;
        }
        stage.score();
        System.exit(stage.allPassed() ? 0 : 1);
    }

    private static boolean onTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private static void run(Stage stage, List<String> culvert, boolean keep) throws InterruptedException {
        stage.title(
                "Two nodes in network namespaces: n1 with routed pods as Calico has them, n2 with bridged ones as flannel has");
        Lab lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "sidecar", "web-1", "dns-1")
                .node("n2", PodAttachment.BRIDGED, "web-2", "dns-2")
                .create();
        try (lab) {
            DemoCluster cluster = new DemoCluster(lab);
            cluster.serve();
            lab.writeManifest("cluster.yaml", cluster.nodesAndPods());
            lab.writeManifest(
                    "services.yaml", cluster.services(cluster.pods("web-1", "web-2"), cluster.pods("dns-1", "dns-2")));
            List<DemoAgent> agents = lab.nodes().stream()
                    .map(node -> DemoAgent.start(node, culvert))
                    .toList();
            Demo demo = new Demo(stage, lab, agents);
            Outside outside = new Outside(stage, lab);
            demo.steps(cluster, outside);
            if (keep) {
                demo.keep(culvert);
            }
            demo.leave();
        }
        stage.step("namespaces, cgroups, pins and processes are gone", () -> {
            check(lab.remains().isEmpty(), "still there: " + lab.remains());
            return "";
        });
    }

    private void steps(DemoCluster cluster, Outside outside) {
        for (DemoAgent agent : agents) {
            stage.step("an agent programs node " + agent.node().name(), agent::ready);
        }
        stage.show("culvert service list", agents.getFirst().run("service", "list"));
        clusterIp();
        verdicts();
        fastPath();
        stage.title("Packets that the socket hooks did not see");
        LabPod sidecar = lab.pod("sidecar");
        reaches(
                "pod with culvert.io/socket-lb: \"off\": its packets are translated at its interface",
                sidecar,
                DemoCluster.WEB_V4);
        stage.show("culvert conntrack list", agents.getFirst().run("conntrack", "list"));
        outside.steps();
        new Policies(stage, lab).steps(agents);
        change(cluster);
        restart();
    }

    private void clusterIp() {
        stage.title("ClusterIP: one address, backends on both nodes");
        LabPod client = lab.pod("client");
        reaches("pod -> ClusterIP, TCP, IPv4", client, DemoCluster.WEB_V4);
        reaches("pod -> ClusterIP, TCP, IPv6", client, DemoCluster.WEB_V6);
        reaches("host process -> ClusterIP, TCP", lab.node("n2"), DemoCluster.WEB_V4);
        stage.step("pod -> ClusterIP, UDP; the answer comes from the Service's address", () -> {
            Outcome.Answer answer =
                    client.sockets().udp(DemoCluster.DNS, DemoCluster.DNS_PORT).answer();
            check(answer.peer().address().toString().equals(DemoCluster.DNS), "the answer came from " + answer.peer());
            return answer.server() + " answered, seen as " + answer.peer();
        });
        stage.step("the backend sees the client pod's own address", () -> {
            Outcome.Answer answer = client.sockets()
                    .tcp(DemoCluster.WEB_V4, DemoCluster.WEB_PORT)
                    .answer();
            check(answer.seen().address().equals(client.ip(IpFamily.IPV4)), "the backend saw " + answer.seen());
            return answer.seen().toString();
        });
    }

    private void verdicts() {
        stage.step("a Service without endpoints refuses at once", () -> {
            Outcome.Failure failure = lab.pod("client")
                    .sockets()
                    .tcp(DemoCluster.EMPTY, DemoCluster.WEB_PORT)
                    .failure();
            check(failure.errno().equals("ECONNREFUSED"), "connect failed with " + failure.errno());
            return failure.errno() + " after " + failure.took().toMillis() + " ms";
        });
    }

    private void fastPath() {
        stage.step("pods of one node talk past its stack (setting fast-path)", () -> {
            long before = forwarded();
            Outcome.Answer answer = lab.pod("client")
                    .sockets()
                    .tcp(lab.pod("web-1").ip(IpFamily.IPV4).toString(), DemoCluster.TARGET_PORT)
                    .answer();
            check(forwarded() == before, "the stack of n1 forwarded " + (forwarded() - before) + " packets");
            return answer.server() + " answered, and the stack of n1 forwarded nothing";
        });
    }

    /// IPv4 packets that the stack of node n1 has forwarded: `ForwDatagrams` of `/proc/net/snmp`.
    private long forwarded() {
        return lab.node("n1")
                .exec("cat", "/proc/net/snmp")
                .orThrow()
                .lines()
                .filter(line -> line.matches("Ip: \\d.*"))
                .mapToLong(line -> Long.parseLong(line.split(" ")[6]))
                .findFirst()
                .orElseThrow();
    }

    private void change(DemoCluster cluster) {
        stage.title("A backend goes away");
        stage.step("an open UDP socket moves to the other backend without being told", () -> {
            try (Load load = lab.pod("client")
                    .sockets()
                    .load(
                            LoadKind.CONNECTED_UDP,
                            Dial.to(DemoCluster.DNS, DemoCluster.DNS_PORT),
                            4,
                            Duration.ofMillis(20))) {
                load.awaitRounds(20, PATIENCE);
                lab.writeManifest(
                        "services.yaml", cluster.services(cluster.pods("web-1", "web-2"), cluster.pods("dns-1")));
                awaitGone("dns", lab.pod("dns-2"));
                load.awaitRounds(20, PATIENCE);
                LoadReport report = load.stop();
                check(report.errors().isEmpty(), report.toString());
                return report.toString();
            }
        });
    }

    private void restart() {
        stage.title("kill -9 under load");
        stage.step("no connection is lost while the agents are killed and started again", () -> {
            try (Load held = load(LoadKind.HELD);
                    Load fresh = load(LoadKind.FRESH)) {
                held.awaitRounds(20, PATIENCE);
                for (DemoAgent agent : agents) {
                    agent.killAndRestart();
                    agent.ready();
                }
                held.awaitRounds(20, PATIENCE);
                fresh.awaitRounds(20, PATIENCE);
                LoadReport open = held.stop();
                LoadReport made = fresh.stop();
                check(open.errors().isEmpty() && made.errors().isEmpty(), open + "; " + made);
                return open.rounds() + " round trips on open connections, " + made.rounds()
                        + " new connections, 0 lost";
            }
        });
    }

    private Load load(LoadKind kind) {
        return lab.pod("client")
                .sockets()
                .load(kind, Dial.to(DemoCluster.WEB_V4, DemoCluster.WEB_PORT), 4, Duration.ofMillis(20));
    }

    private void leave() {
        stage.title("Leaving");
        stage.step("a stopped agent leaves its datapath running", () -> {
            for (DemoAgent agent : agents) {
                int status = agent.stop();
                check(
                        status == 0 || status == 143,
                        "the agent of " + agent.node().name() + " ended with status " + status);
            }
            return lab.pod("client")
                            .sockets()
                            .tcp(DemoCluster.WEB_V4, DemoCluster.WEB_PORT)
                            .answer()
                            .server() + " answered";
        });
        stage.step("culvert cleanup removes it", () -> {
            for (DemoAgent agent : agents) {
                String _ = agent.run("cleanup");
            }
            lab.pod("client")
                    .sockets()
                    .tcp(Dial.to(DemoCluster.WEB_V4, DemoCluster.WEB_PORT).within(Duration.ofMillis(500)))
                    .failure();
            return "the ClusterIP leads nowhere again";
        });
    }

    private void keep(List<String> culvert) throws InterruptedException {
        DemoAgent first = agents.getFirst();
        stage.title("Kept running until Ctrl-C. Look around from another terminal:");
        stage.say("ip netns exec %s curl http://%s/    # or any program, from the client pod's network"
                .formatted(lab.pod("client").netns(), DemoCluster.WEB_V4));
        stage.say("%s service list --run-dir %s"
                .formatted(String.join(" ", culvert), first.node().runDir()));
        stage.say("edit %s and watch the agent follow".formatted(first.node().manifests()));
        Thread.currentThread().join();
    }

    /// Connects until every backend of web answered, so that choosing is shown as well as reaching.
    private void reaches(String proves, LabHost from, String address) {
        stage.step(proves, () -> {
            Set<String> servers = new TreeSet<>();
            for (int i = 0; i < TRIES * 4 && servers.size() < 2; i++) {
                servers.add(from.sockets()
                        .tcp(address, DemoCluster.WEB_PORT)
                        .answer()
                        .server());
            }
            check(servers.size() == 2, "only " + servers + " answered");
            return String.join(" and ", servers) + " answered";
        });
    }

    private void awaitGone(String service, LabPod backend) {
        String address = backend.ip(IpFamily.IPV4).toString();
        for (DemoAgent agent : agents) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (agent.run("service", "get", "default/" + service, "-o", "json")
                    .contains(address)) {
                check(System.nanoTime() < end, "%s still has %s on %s".formatted(service, backend, agent.node()));
            }
        }
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
