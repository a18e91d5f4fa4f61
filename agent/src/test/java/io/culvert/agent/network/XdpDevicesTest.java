// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.config.XdpChoice;
import io.culvert.loader.Errno;
import io.culvert.loader.SystemCallException;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.maps.datapath.XdpPlace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which devices are given the program before the stack, how, and what is said of the others.
final class XdpDevicesTest {

    private final TestNetwork network = new TestNetwork()
            .device("eth0", "")
            .device("bond0", "bond")
            .veth("veth0")
            .device("br0", "bridge")
            .device("vxlan0", "vxlan")
            .withoutEthernet("ppp0", "");
    private final Slots slots = new Slots();

    /// Devices as the kernel has them, in memory.
    private static final class Slots implements XdpSlots {

        private final Map<Integer, XdpMode> modes = new HashMap<>();
        private final Map<Integer, Errno> refusals = new HashMap<>();
        private final Set<Integer> withoutDriver = new HashSet<>();

        @Override
        public XdpPlace attach(int ifindex, MacAddress mac, Optional<XdpMode> wanted) {
            assertThat(mac.bits() & 0xff).as("hardware address").isEqualTo(ifindex);
            Errno refusal = refusals.get(ifindex);
            if (refusal != null) {
                throw SystemCallException.of("attach xdp_lb to XDP of " + ifindex, refusal);
            }
            XdpMode before = modes.get(ifindex);
            boolean generic = withoutDriver.contains(ifindex) || before == XdpMode.GENERIC;
            XdpMode mode = wanted.orElse(generic ? XdpMode.GENERIC : XdpMode.NATIVE);
            modes.put(ifindex, mode);
            boolean told = before == null && wanted.isEmpty() && withoutDriver.contains(ifindex);
            return new XdpPlace(mode, told ? Optional.of("too many queues") : Optional.empty());
        }

        @Override
        public void retain(Set<Integer> ifindexes) {
            modes.keySet().retainAll(ifindexes);
        }
    }

    private Map<String, XdpState> follow(XdpDevices devices, String... names) {
        Map<Integer, String> chosen = new HashMap<>();
        for (String name : names) {
            chosen.put(network.index(name), name);
        }
        devices.follow(chosen, network.facts());
        return devices.states();
    }

    private Map<String, XdpState> follow(XdpChoice choice, String... names) {
        return follow(new XdpDevices(choice, slots), names);
    }

    private static XdpState state(Map<String, XdpState> states, String name) {
        return Objects.requireNonNull(states.get(name), name);
    }

    @ParameterizedTest
    @CsvSource({"AUTO, native, generic", "NATIVE, native, native", "GENERIC, generic, generic"})
    void A21_27_aVethPairHasItInItsDriverOnlyWhereThatIsAskedFor(XdpChoice choice, String card, String veth) {
        assertThat(follow(choice, "eth0", "bond0", "veth0"))
                .hasSize(3)
                .hasEntrySatisfying("eth0", state -> assertThat(state).hasToString(card))
                .hasEntrySatisfying("bond0", state -> assertThat(state).hasToString(card))
                .hasEntrySatisfying("veth0", state -> assertThat(state).hasToString(veth))
                .allSatisfy((_, state) -> assertThat(state.reason()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"br0, it is a bridge", "vxlan0, it is a vxlan", "ppp0, it is no Ethernet device"})
    void A21_27_otherKindsOfDevicesAreLeftToTheStack(String name, String reason) {
        XdpState state = state(follow(XdpChoice.AUTO, name, "eth0"), name);

        assertThat(state)
                .isEqualTo(XdpState.without(reason, "devices of hardware, bonds and veth can have it"))
                .hasToString("none");
        assertThat(slots.modes).containsOnlyKeys(network.index("eth0"));
    }

    @Test
    void devicesThatAreNoneAnyMoreLoseIt() {
        XdpDevices devices = new XdpDevices(XdpChoice.AUTO, slots);
        follow(devices, "eth0", "bond0");

        assertThat(follow(devices, "eth0")).containsOnlyKeys("eth0");

        assertThat(slots.modes).containsOnlyKeys(network.index("eth0"));
        devices.follow(Map.of(99, "gone0"), network.facts());
        assertThat(state(devices.states(), "gone0")).isEqualTo(XdpState.without("it is gone", ""));
        assertThat(slots.modes).isEmpty();
    }

    @Test
    void whatAnEarlierAgentLeftGoesWhereNoneIsAskedFor() {
        slots.modes.put(network.index("eth0"), XdpMode.NATIVE);

        assertThat(follow(XdpChoice.OFF, "eth0")).isEmpty();

        assertThat(slots.modes).isEmpty();
    }

    /// Why is known once, when the driver is asked, and is said for as long as the program is behind it.
    @Test
    void A21_27_whyItIsBehindADriverIsSaidAsLongAsItIs() {
        slots.withoutDriver.add(network.index("eth0"));
        XdpDevices devices = new XdpDevices(XdpChoice.AUTO, slots);
        for (int turn = 0; turn < 2; turn++) {
            XdpState state = state(follow(devices, "eth0"), "eth0");
            assertThat(state).hasToString("generic");
            assertThat(state.reason()).isEqualTo("too many queues, so that it runs behind the driver");
            assertThat(state.remedy()).contains("set xdp to native");
        }
        follow(devices);

        slots.withoutDriver.clear();

        assertThat(follow(devices, "eth0")).hasEntrySatisfying("eth0", state -> {
            assertThat(state).hasToString("native");
            assertThat(state.reason()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTO", "NATIVE"})
    void A21_27_aRefusalNamesWhatCanBeDone(XdpChoice choice) {
        slots.refusals.put(network.index("eth0"), Errno.EINVAL);
        XdpDevices devices = new XdpDevices(choice, slots);

        XdpState state = state(follow(devices, "eth0", "bond0"), "eth0");

        assertThat(state).hasToString("none");
        assertThat(state.reason()).contains("attach xdp_lb to XDP of").contains("EINVAL");
        assertThat(state.remedy()).contains(choice == XdpChoice.NATIVE ? "set xdp to auto" : "set xdp to off");
        assertThat(slots.modes).containsOnlyKeys(network.index("bond0"));
        slots.refusals.clear();
        assertThat(state(follow(devices, "eth0"), "eth0")).as("tried again").hasToString("native");
    }

    /// What the kernel says of a place that is taken has the remedy in it already.
    @Test
    void aPlaceThatIsTakenHasNoOtherRemedy() {
        slots.refusals.put(network.index("eth0"), Errno.EBUSY);

        assertThat(state(follow(XdpChoice.NATIVE, "eth0"), "eth0").remedy()).isEmpty();
    }
}
