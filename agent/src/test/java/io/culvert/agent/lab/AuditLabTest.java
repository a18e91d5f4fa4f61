// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.net.IpFamily.IPV4;
import static io.culvert.net.IpFamily.IPV6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Control;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Load;
import io.culvert.testkit.lab.LoadKind;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Another program deletes and overwrites entries of our maps and takes our programs off their hooks, under traffic.
@LabTest
class AuditLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Lab lab;
    private LabNode node;
    private LabAgent agent;
    private LabService web;
    private LabService other;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "plain", "web1", "web2")
                .create();
        node = lab.node("n1");
        agent = new LabAgent(node);
        web = ServiceLab.service("web", 10).backedBy(lab.pod("web1"));
        other = ServiceLab.service("other", 11).backedBy(lab.pod("web2"));
        Stream.of("web1", "web2").forEach(name -> lab.pod(name).sockets().serve(ServiceLab.TARGET_PORT));
        lab.writeManifest("nodes.yaml", ServiceLab.nodesAndPods(lab));
        lab.writeManifest("web.yaml", web.toYaml());
        lab.writeManifest("other.yaml", other.toYaml());
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void A14_04_A14_08_driftUnderTrafficIsReportedAndRepaired() throws IOException {
        agent.launch("--audit-interval", "0s").awaitReady();
        assertEverythingServes();
        assertThat(agent.verb("audit")).isEmpty();
        Load undisturbed = load(lab.pod("client"), dial(other, IPV6)).awaitRounds(10, PATIENCE);

        corruptMaps();
        assertThat(server("client", web, IPV6)).isEqualTo("web2");
        assertThat(lab.pod("client").sockets().tcp(dial(web, IPV4)).failure().errno())
                .isNotEmpty();
        detach("pod_\\d+_ingress");
        detach("sock_\\d+_connect4");
        assertThat(lab.pod("plain").sockets().tcp(dial(other, IPV4)).failure().errno())
                .isNotEmpty();

        for (List<String> words : List.of(List.of("audit"), List.of("audit", "--repair"))) {
            assertThatThrownBy(() -> agent.verb(words.toArray(String[]::new)))
                    .hasMessageContaining("exit status 1")
                    .hasMessageContaining("TCP 10.96.0.10:80")
                    .hasMessageContaining("backend 0")
                    .hasMessageContaining("_connect4")
                    .hasMessageContaining("_ingress");
        }
        assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");
        assertThat(agent.verb("status")).contains("Audit:");
        assertEverythingServes();
        assertThat(undisturbed.stop().errors()).isEmpty();
    }

    @Test
    void A14_04_A14_08_thePeriodicAuditRepairsByItself() throws IOException {
        agent.launch("--audit-interval", "1s").awaitReady();
        assertEverythingServes();
        corruptMaps();
        detach("pod_\\d+_ingress");
        detach("sock_\\d+_connect4");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).containsPattern("Audit: .* [1-9]\\d* repaired"));
        // An audit may come while things are being broken; with differences left, the status of the verb is 1.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatCode(() -> agent.verb("audit")).doesNotThrowAnyException());
        assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");
        assertEverythingServes();
    }

    /// The program that counts closed sockets out is taken off without an audit, too.
    @Test
    void socketsCallNothingWhenTheyAreClosedOnceTheAgentIsReady() {
        agent.launch("--audit-interval", "0s").awaitReady();

        await().atMost(PATIENCE).until(() -> links("sock_\\d+_release").isEmpty());

        assertThat(agent.verb("audit", "-o", "json")).as("it is not missed").contains("\"total\" : 0");
    }

    @Test
    void A14_04_whatProgramsKnowOfTheNodeIsRepairedToo() {
        agent.launch("--audit-interval", "0s").awaitReady();
        AddressKey address = new AddressKey(node.ip(IPV4));
        Control control;
        int addresses;
        try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
            control = maps.control().get(0);
            addresses = maps.nodeAddresses().count();
            assertThat(maps.nodeAddresses().remove(address)).isTrue();
            maps.nodeAddresses().put(new AddressKey(IpAddress.of("203.0.113.9")), AddressKey.NODE_PORTS);
            maps.devices().removeAll(maps.devices().keys());
            maps.control().set(0, Control.EMPTY);
        }
        assertThatThrownBy(() -> agent.verb("audit", "--repair"))
                .hasMessageContaining("node_addresses")
                .hasMessageContaining("203.0.113.9")
                .hasMessageContaining("devices")
                .hasMessageContaining("control");
        assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");
        try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
            assertThat(maps.control().get(0)).isEqualTo(control);
            assertThat(control.ranges()).isNotEmpty();
            assertThat(maps.nodeAddresses().count()).isEqualTo(addresses);
            assertThat(maps.nodeAddresses().get(address)).isPresent();
            assertThat(maps.devices().count()).isPositive();
        }
    }

    /// Deletes the frontend of `web` over IPv4, and puts the backend of `other` into the extent of `web` over IPv6.
    private void corruptMaps() {
        try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
            int target = slot(maps, web);
            maps.slots().set(target, maps.slots().get(slot(maps, other)));
            assertThat(maps.frontends().remove(key(web, IPV4))).isTrue();
        }
    }

    private static int slot(MapCatalogue maps, LabService service) {
        int index = maps.frontends().get(key(service, IPV6)).orElseThrow().service();
        return (int) maps.services().get(index).start() + 1;
    }

    private static FrontendKey key(LabService service, IpFamily family) {
        return new FrontendKey(address(service, family), ServiceLab.PORT, Protocol.TCP);
    }

    private void detach(String name) throws IOException {
        List<Path> pins = links(name);
        assertThat(pins).isNotEmpty();
        pins.forEach(pin ->
                node.exec("bpftool", "link", "detach", "pinned", pin.toString()).orThrow());
    }

    private List<Path> links(String name) throws IOException {
        try (Stream<Path> all = Files.list(node.bpffs().resolve("links"))) {
            return all.filter(pin -> String.valueOf(pin.getFileName()).matches(name))
                    .toList();
        }
    }

    private void assertEverythingServes() {
        for (String client : List.of("client", "plain")) {
            for (IpFamily family : IpFamily.values()) {
                assertThat(server(client, web, family)).isEqualTo("web1");
                assertThat(server(client, other, family)).isEqualTo("web2");
            }
        }
        assertThat(node.sockets().tcp(dial(web, IPV4)).answer().server()).isEqualTo("web1");
    }

    private String server(String client, LabService service, IpFamily family) {
        return lab.pod(client).sockets().tcp(dial(service, family)).answer().server();
    }

    private static Load load(LabHost client, Dial dial) {
        return client.sockets().load(LoadKind.FRESH, dial, 2, Duration.ofMillis(20));
    }

    private static Dial dial(LabService service, IpFamily family) {
        return Dial.to(address(service, family).toString(), ServiceLab.PORT).within(ServiceLab.BRIEF);
    }

    private static IpAddress address(LabService service, IpFamily family) {
        return service.clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow();
    }
}
