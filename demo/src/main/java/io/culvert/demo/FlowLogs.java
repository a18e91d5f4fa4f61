// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabProcess;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A node's flow logs, followed while connections are made: `culvert observe --follow` in words, which are shown, and
/// as JSON, which is checked.
final class FlowLogs {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Long for a connection within a machine; nothing answers one that a policy refuses.
    private static final Duration REFUSED = Duration.ofMillis(300);

    private final Stage stage;
    private final Lab lab;
    private final DemoAgent agent;

    /// A command that prints flows as they come, and how many lines of it were taken.
    private static final class Follower {

        private final LabProcess process;
        private int taken;

        Follower(LabProcess process) {
            this.process = process;
        }

        /// Waits for a line, and takes those before it, too.
        List<String> take(Predicate<String> wanted) {
            LabProcess _ = process.await("flow that is expected", () -> rest().anyMatch(wanted), PATIENCE);
            List<String> before = rest().takeWhile(wanted.negate()).toList();
            List<String> lines = rest().limit(before.size() + 1L).toList();
            taken += lines.size();
            return lines;
        }

        /// Without one that is not whole yet.
        private Stream<String> rest() {
            String log = process.log();
            return log.substring(0, log.lastIndexOf('\n') + 1).lines().skip(taken);
        }

        void stop() {
            int _ = process.terminate(PATIENCE);
        }
    }

    FlowLogs(Stage stage, Lab lab, DemoAgent agent) {
        this.stage = stage;
        this.lab = lab;
        this.agent = agent;
    }

    /// While a policy lets pod `client` reach the backend of Service `local`, which is on the agent's node, and pod
    /// `sidecar` not.
    void steps() {
        // The last flow, so that it is seen that they listen.
        Follower words = new Follower(agent.begin("observe", "--follow", "--last", "1"));
        Follower json = new Follower(agent.begin("observe", "--follow", "--last", "1", "-o", "json"));
        stage.step("culvert observe --follow: flow logs of a node as they come", () -> {
            words.take(line -> true);
            json.take(line -> true);
            return "two observers";
        });
        stage.step("a connection that a policy allows is told with pods, Service and policy", () -> {
            lab.pod("client")
                    .sockets()
                    .tcp(DemoCluster.LOCAL, DemoCluster.WEB_PORT)
                    .answer();
            show(words, " ALLOWED ");
            json.take(line -> line.contains("\"verdict\":\"FORWARDED\"")
                    && line.contains("\"ingress_allowed_by\":[{\"name\":\"web\"")
                    && names(line, "client", "web-1", "local"));
            return "policy-verdict ALLOWED";
        });
        stage.step("its end is told with what it carried", () -> {
            show(words, "closed after");
            json.take(line -> line.contains("; closed after ") && names(line, "client", "web-1", "local"));
            return "closed";
        });
        stage.step("a socket that is given a backend is told with its Service", () -> {
            lab.pod("client")
                    .sockets()
                    .udp(DemoCluster.DNS, DemoCluster.DNS_PORT)
                    .answer();
            show(words, " TRANSLATED ");
            json.take(line -> line.contains("\"verdict\":\"TRANSLATED\"") && names(line, "client", "dns-", "dns"));
            return "post-xlate-fwd TRANSLATED";
        });
        stage.step("a connection that a policy denies is told with pods, Service and reason", () -> {
            lab.pod("sidecar")
                    .sockets()
                    .tcp(Dial.to(DemoCluster.LOCAL, DemoCluster.WEB_PORT).within(REFUSED))
                    .failure();
            show(words, " DENIED ");
            json.take(line -> line.contains("\"drop_reason_desc\":\"POLICY_DENIED\"")
                    && names(line, "sidecar", "web-1", "local"));
            return "policy-verdict DENIED";
        });
        words.stop();
        json.stop();
    }

    private void show(Follower words, String kind) {
        words.take(line -> line.contains(kind)).forEach(line -> stage.say("  " + line));
    }

    /// Whether a flow in JSON has these pods, by the beginning of their names, and this Service.
    private static boolean names(String flow, String source, String destination, String service) {
        return flow.contains("\"pod_name\":\"" + source)
                && flow.contains("\"pod_name\":\"" + destination)
                && flow.contains("\"destination_service\":{\"name\":\"" + service + "\",\"namespace\":\"default\"}");
    }
}
