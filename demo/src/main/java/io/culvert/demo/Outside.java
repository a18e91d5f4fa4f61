// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/// What a client beyond a router sees of the cluster: node ports, load balancer addresses, traffic policies, affinity.
final class Outside {

    private static final int TRIES = 48;
    private static final int AFFINE_TRIES = 12;

    private final Stage stage;
    private final Lab lab;
    private final LabClient client;

    Outside(Stage stage, Lab lab) {
        this.stage = stage;
        this.lab = lab;
        this.client = lab.addClient("visitor");
        lab.routeTo(lab.node("n2"), IpAddress.of(DemoCluster.VIP_V4), IpAddress.of(DemoCluster.VIP_V6));
    }

    void steps() {
        stage.title("From outside: a client beyond a router");
        LabNode n1 = lab.node("n1");
        reaches("NodePort, IPv4: backends on both nodes", n1.ip(IpFamily.IPV4).toString(), DemoCluster.NODE_PORT);
        reaches("NodePort, IPv6", n1.ip(IpFamily.IPV6).toString(), DemoCluster.NODE_PORT);
        reaches("LoadBalancer address, IPv4", DemoCluster.VIP_V4, DemoCluster.WEB_PORT);
        reaches("LoadBalancer address, IPv6", DemoCluster.VIP_V6, DemoCluster.WEB_PORT);
        localPolicy();
        affinity();
    }

    private void localPolicy() {
        stage.step("externalTrafficPolicy Local: the backend sees the client's own address", () -> {
            Outcome.Answer answer = dial("n1", DemoCluster.LOCAL_NODE_PORT).answer();
            Demo.check(answer.seen().address().equals(client.ip(IpFamily.IPV4)), "the backend saw " + answer.seen());
            return answer.server() + " saw " + answer.seen();
        });
        stage.step("... and a node without a backend does not answer, so that a load balancer goes elsewhere", () -> {
            Outcome.Failure failure = dial("n2", DemoCluster.LOCAL_NODE_PORT).failure();
            Demo.check(!failure.errno().equals("ECONNREFUSED"), "connect failed with " + failure.errno());
            return failure.errno();
        });
    }

    private Outcome dial(String node, int port) {
        Dial dial = Dial.to(lab.node(node).ip(IpFamily.IPV4).toString(), port);
        return client.sockets().tcp(dial.within(Duration.ofSeconds(1)));
    }

    private void affinity() {
        stage.step("sessionAffinity ClientIP: one client, one backend", () -> {
            LabPod pod = lab.pod("client");
            Set<String> servers = new TreeSet<>();
            for (int i = 0; i < AFFINE_TRIES; i++) {
                servers.add(pod.sockets()
                        .tcp(DemoCluster.STICKY, DemoCluster.WEB_PORT)
                        .answer()
                        .server());
            }
            Demo.check(servers.size() == 1, servers + " answered");
            return String.join("", servers) + " answered " + AFFINE_TRIES + " times";
        });
    }

    private void reaches(String proves, String address, int port) {
        stage.step(proves, () -> {
            Set<String> servers = new TreeSet<>();
            for (int i = 0; i < TRIES && servers.size() < 2; i++) {
                servers.add(client.sockets().tcp(address, port).answer().server());
            }
            Demo.check(servers.size() == 2, "only " + servers + " answered");
            return String.join(" and ", servers) + " answered";
        });
    }
}
