// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.BpfObject;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.net.IpAddress;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The program before the stack on the device of a node, over starts of the agent.
@LabTest
class XdpProgramsLabTest {

    private static final Pattern PROGRAM = Pattern.compile("prog/xdp id (\\d+)");

    private static Lab lab;
    private static LabNode node;

    private interface Step {
        void take(Datapath datapath, Link device);
    }

    @BeforeAll
    static void create() {
        lab = Lab.builder().node("here", PodAttachment.ROUTED).create();
        node = lab.node("here");
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @AfterEach
    void cleanUp() throws Exception {
        NetworkNamespace.call(Path.of("/run/netns", node.netns()), () -> {
            DatapathPins.remove(node.bpffs());
            return 0;
        });
        assertThat(program()).as("after a cleanup").isEmpty();
    }

    /// What one agent does.
    private static void open(Step step) throws Exception {
        NetworkNamespace.call(Path.of("/run/netns", node.netns()), () -> {
            try (Datapath datapath = Datapath.open(DatapathConfig.of(node.bpffs()))) {
                step.take(datapath, link("eth0"));
            }
            return 0;
        });
    }

    private static Link link(String name) {
        return Rtnetlink.links().stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static XdpMode attach(Datapath datapath, Link device, Optional<XdpMode> wanted) {
        return place(datapath, device, wanted).mode();
    }

    private static XdpPlace place(Datapath datapath, Link device, Optional<XdpMode> wanted) {
        return datapath.xdp().attach(device.index(), device.address().orElseThrow(), wanted);
    }

    /// What iproute2 says of the device: `native`, `generic` or nothing.
    private static Optional<String> program() {
        String text = node.exec("ip", "-d", "link", "show", "eth0").orThrow();
        Matcher match = PROGRAM.matcher(text);
        if (!match.find()) {
            return Optional.empty();
        }
        return Optional.of((text.contains("xdpgeneric") ? "generic " : "native ") + match.group(1));
    }

    @Test
    void itOutlivesTheAgentAndIsReplacedByTheNext() throws Exception {
        open((datapath, device) -> {
            assertThat(datapath.xdp().modes()).isEmpty();
            assertThat(attach(datapath, device, Optional.empty())).isEqualTo(XdpMode.NATIVE);
        });
        String first = program().orElseThrow();
        assertThat(first).startsWith("native ");

        open((datapath, device) -> {
            assertThat(datapath.xdp().modes()).isEqualTo(Map.of(device.index(), XdpMode.NATIVE));
            assertThat(datapath.maps().xdpDevices().get(new DeviceKey(device.index())))
                    .contains(device.address().orElseThrow().bits());
            assertThat(datapath.auditLinks(false).faults()).isEmpty();
        });
        assertThat(program().orElseThrow()).startsWith("native ").isNotEqualTo(first);
    }

    @Test
    void anotherModeIsAnotherLinkAndNoneIsNone() throws Exception {
        open((datapath, device) -> {
            attach(datapath, device, Optional.of(XdpMode.GENERIC));
            assertThat(program().orElseThrow()).startsWith("generic ");
            attach(datapath, device, Optional.of(XdpMode.NATIVE));
            assertThat(program().orElseThrow()).startsWith("native ");
            String native1 = program().orElseThrow();
            attach(datapath, device, Optional.of(XdpMode.NATIVE));
            assertThat(program()).contains(native1);

            datapath.xdp().retain(Set.of());

            assertThat(program()).isEmpty();
            assertThat(datapath.xdp().modes()).isEmpty();
            MapCatalogue maps = datapath.maps();
            assertThat(maps.xdpDevices().keys()).isEmpty();
        });
    }

    @Test
    void otherSettingsAreOtherProgramsInItsPlace() throws Exception {
        open((datapath, device) -> {
            attach(datapath, device, Optional.of(XdpMode.NATIVE));
            datapath.configure(DatapathSettings.DEFAULT.withNodeAddresses(
                    Optional.of(IpAddress.of("192.0.2.1")), Optional.empty()));
            assertThat(datapath.xdp().modes()).containsValue(XdpMode.NATIVE);
            assertThat(datapath.auditLinks(true).faults()).isEmpty();
        });
    }

    /// Each mode has a program of its own, which the next start finds again.
    @Test
    void A21_27_aDriverWithoutItHasItBehind() throws Exception {
        node.exec("ip", "link", "add", "bridge0", "type", "bridge").orThrow();
        try {
            open((datapath, _) -> {
                Link bridge = link("bridge0");
                assertThat(attach(datapath, bridge, Optional.empty())).isEqualTo(XdpMode.GENERIC);
                assertThat(attach(datapath, bridge, Optional.empty())).isEqualTo(XdpMode.GENERIC);
                assertThat(datapath.attachments()).containsOnlyKeys("xdp_" + bridge.index() + "_generic");
            });
            open((datapath, _) -> {
                int bridge = link("bridge0").index();
                assertThat(datapath.xdp().modes()).isEqualTo(Map.of(bridge, XdpMode.GENERIC));
                assertThat(datapath.auditLinks(true).faults()).isEmpty();
            });
        } finally {
            node.exec("ip", "link", "del", "bridge0").orThrow();
        }
    }

    /// Its driver has XDP, but not for a device with fewer queues than its other end has. That is said once.
    @Test
    void A21_27_aDriverThatRefusesHasItBehind() throws Exception {
        node.exec(
                        "ip",
                        "link",
                        "add",
                        "one",
                        "numrxqueues",
                        "1",
                        "numtxqueues",
                        "1",
                        "type",
                        "veth", //
                        "peer",
                        "name",
                        "two",
                        "numrxqueues",
                        "2",
                        "numtxqueues",
                        "2")
                .orThrow();
        try {
            open((datapath, _) -> {
                XdpPlace place = place(datapath, link("one"), Optional.empty());
                assertThat(place.mode()).isEqualTo(XdpMode.GENERIC);
                assertThat(place.refusal().orElseThrow()).contains("(ENOSPC)");
                assertThat(place(datapath, link("one"), Optional.empty())).isEqualTo(XdpPlace.in(XdpMode.GENERIC));
                assertThatThrownBy(() -> attach(datapath, link("one"), Optional.of(XdpMode.NATIVE)))
                        .hasMessageContaining("(ENOSPC)");
            });
        } finally {
            node.exec("ip", "link", "del", "one").orThrow();
        }
    }

    /// There would be no room behind the driver either.
    @Test
    void A21_27_aDeviceThatIsTakenIsLeftToWhomItBelongs() throws Exception {
        Path pin = node.bpffs().resolveSibling("theirs");
        try (BpfObject theirs = BpfObject.open("xdp", PodPrograms.elf("xdp")).load()) {
            theirs.program("xdp_lb").pin(pin);
            node.exec("ip", "link", "set", "dev", "eth0", "xdp", "pinned", pin.toString())
                    .orThrow();
            open((datapath, device) -> {
                assertThatThrownBy(() -> attach(datapath, device, Optional.empty()))
                        .hasMessageContaining("native XDP of eth0")
                        .hasMessageContaining("(EBUSY)");
                assertThat(datapath.xdp().modes()).isEmpty();
            });
        } finally {
            node.exec("ip", "link", "set", "dev", "eth0", "xdp", "off").orThrow();
            Files.deleteIfExists(pin);
        }
    }

    /// An earlier version had one program for both modes.
    @Test
    void aLinkOfTheOtherModeIsReplaced() throws Exception {
        open((datapath, device) -> attach(datapath, device, Optional.of(XdpMode.GENERIC)));
        Path links = node.bpffs().resolve("links");
        int index = NetworkNamespace.call(
                Path.of("/run/netns", node.netns()), () -> link("eth0").index());
        Files.move(links.resolve("xdp_" + index + "_generic"), links.resolve("xdp_" + index + "_lb"));

        open((datapath, device) -> {
            assertThat(attach(datapath, device, Optional.empty())).isEqualTo(XdpMode.GENERIC);
            assertThat(datapath.attachments()).containsOnlyKeys("xdp_" + index + "_generic");
            assertThat(program().orElseThrow()).startsWith("generic ");
        });
    }
}
