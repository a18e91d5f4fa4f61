// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A running agent follows its node's devices, addresses and Node object.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class NodeNetworkLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Lab lab;
    private LabNode node;
    private LabAgent agent;

    @BeforeEach
    void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "web").create();
        node = lab.node("n1");
        agent = new LabAgent(node);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void A10_15_A21_15_devicesAreAttachedWhenTheyAppearAndDetachedWhenTheyNoLongerQualify() {
        agent.launch().awaitReady();
        awaitStatus("Devices:         eth0\n");

        ip("link add eth1 type veth peer name wire1", "addr add 198.51.100.1/24 dev eth1", "link set eth1 up");
        awaitStatus("Devices:         eth0, eth1\n");
        String index = index("eth1");
        assertThat(agent.verb("status")).contains("net_" + index + "_ingress", "net_" + index + "_egress");
        assertThat(dump("devices")).contains("interface " + index + " ");

        ip("addr del 198.51.100.1/24 dev eth1");
        awaitStatus("Devices:         eth0\n");
        assertThat(agent.verb("status")).doesNotContain("net_" + index + "_");
        assertThat(dump("devices")).doesNotContain("interface " + index + " ");
    }

    @Test
    void interfacesOfPodsAreNoDevices() {
        agent.launch("--devices", "*").awaitReady();
        awaitStatus("Devices:         eth0\n");
        String pod = index("cali1");

        lab.node("n1").addPod("late");

        await().atMost(PATIENCE).until(() -> agent.verb("status").contains("Pod interfaces:  2\n"));
        assertThat(agent.verb("status"))
                .contains("pod_" + pod + "_ingress")
                .doesNotContain("net_" + pod + "_", "net_" + index("cali2") + "_");
    }

    @Test
    void devicesWithoutEthernetHeaderAreReportedAndTheOthersGoOn() {
        ip("tuntap add dev tun0 mode tun", "addr add 198.51.100.9/32 dev tun0");

        agent.launch().awaitReady();

        awaitStatus("Devices:         eth0\n");
        assertThat(agent.verb("status")).contains("warning: interface tun0: a device without Ethernet header (tun)");
    }

    @Test
    void devicesAreAdoptedAfterAKillAndThoseThatWentAreLetGo() {
        ip("link add eth1 type veth peer name wire1", "addr add 198.51.100.1/24 dev eth1", "link set eth1 up");
        agent.launch().awaitReady();
        awaitStatus("Devices:         eth0, eth1\n");
        String gone = index("eth1");

        agent.kill();
        ip("link del eth1");
        agent.launch().awaitReady();

        awaitStatus("Devices:         eth0\n");
        assertThat(agent.verb("status")).doesNotContain("net_" + gone + "_");
        assertThat(dump("devices")).doesNotContain("interface " + gone + " ");
        assertThat(dump("node_addresses")).doesNotContain("198.51.100.1 ");
    }

    @Test
    void A10_05_A19_05_addressesThatComeAndGoAreFollowed() {
        agent.launch("--nodeport-addresses", "198.51.100.0/24,fd77::/64").awaitReady();
        awaitStatus("NodePorts on:    none\n");

        ip("addr add 198.51.100.1/24 dev eth0", "addr add fd77::1/64 dev eth0 nodad");
        awaitStatus("NodePorts on:    198.51.100.1, fd77::1\n");
        assertThat(dump("node_addresses")).contains("172.30.0.1 ", "198.51.100.1 ", "fd77::1 ");

        ip("addr del 198.51.100.1/24 dev eth0");
        awaitStatus("NodePorts on:    fd77::1\n");
        assertThat(dump("node_addresses")).doesNotContain("198.51.100.1 ");
    }

    @Test
    void A19_01_A10_04_anotherAddressOfTheNodeObjectIsTakenWithoutARestart() {
        agent.launch().awaitReady();
        awaitStatus("NodePorts on:    172.30.0.1, fd30::1\n");

        ip("addr add 172.30.0.77/24 dev eth0");
        lab.writeManifest("objects.yaml", LabObjects.all(lab).replace("\"172.30.0.1\"", "\"172.30.0.77\""));

        awaitStatus("NodePorts on:    172.30.0.77, fd30::1\n");
        assertThat(agent.verb("status")).contains("Node addresses:  172.30.0.77, fd30::1\n");
    }

    @Test
    void A7_02_A19_03_podCidrsAreWaitedForAndFollowed() {
        lab.writeManifest("objects.yaml", LabObjects.all(lab).replaceAll("podCIDRs: .*", "podCIDRs: []"));
        agent.launch("--detect-local-mode", "NodeCIDR").awaitReady();
        await().atMost(PATIENCE).until(() -> agent.verb("status").contains("warning: detect-local-mode: "));
        assertThat(dump("control")).doesNotContain("PODS");

        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        awaitRanges(node.podRange(IpFamily.IPV4), node.podRange(IpFamily.IPV6));
        assertThat(agent.verb("status")).doesNotContain("detect-local-mode");

        lab.writeManifest("objects.yaml", LabObjects.all(lab).replace("10.244.1.0/24", "10.200.0.0/16"));
        awaitRanges("10.200.0.0/16", node.podRange(IpFamily.IPV6));
        assertThat(dump("control")).doesNotContain("10.244.1.0/24");
    }

    @Test
    void A19_06_aNameThatNoNodeObjectHasIsReported() {
        lab.writeManifest("objects.yaml", LabObjects.all(lab).replace("  name: n1\n", "  name: other\n"));

        agent.launch().awaitReady();

        await().atMost(PATIENCE).until(() -> agent.verb("status").contains("error: Node n1: no Node object"));
    }

    private void awaitStatus(String line) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).contains(line));
    }

    private void awaitRanges(String... blocks) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(dump("control"))
                        .contains(List.of(blocks).stream()
                                .map(block -> block + " [PODS]")
                                .toList()));
    }

    private String dump(String map) {
        return agent.verb("map", "dump", map);
    }

    private String index(String device) {
        return Integer.toString(node.link(device).index());
    }

    private void ip(String... commands) {
        for (String command : commands) {
            node.exec(("ip " + command).split(" ")).orThrow();
        }
    }
}
