// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.agent.config.XdpChoice;
import io.culvert.loader.BpfException;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.Link;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the program before the stack on the devices of the node, where it is asked for. A device that cannot have it
/// is served by the programs behind the stack, as all are without it.
final class XdpDevices {

    private static final Logger LOG = LoggerFactory.getLogger(XdpDevices.class);
    private static final String VETH = "veth";
    private static final String GONE = "it is gone";

    /// Hardware, and what frames cross as they are. Tunnels, bridges and VLANs are left to the stack.
    private static final Set<String> KINDS = Set.of("", VETH, "bond");

    private final XdpChoice choice;
    private final XdpSlots slots;
    private volatile Map<String, XdpState> states = Map.of();

    /// Whether what an earlier agent left is gone, where none is asked for.
    private boolean removed;

    XdpDevices(XdpChoice choice, XdpSlots slots) {
        this.choice = choice;
        this.slots = slots;
    }

    /// How each device has it, by name; empty where it is not asked for.
    Map<String, XdpState> states() {
        return states;
    }

    /// Attaches where the program is missing, and detaches everywhere else.
    ///
    /// @param devices names by index, which have the programs behind the stack
    void follow(Map<Integer, String> devices, NetworkFacts facts) {
        if (choice == XdpChoice.OFF) {
            if (!removed) {
                slots.retain(Set.of());
                removed = true;
            }
            return;
        }
        Map<Integer, Link> links = new HashMap<>();
        facts.links().forEach(link -> links.put(link.index(), link));
        Map<String, XdpState> next = new TreeMap<>();
        Set<Integer> attached = new HashSet<>();
        devices.forEach((index, name) -> {
            XdpState state =
                    Optional.ofNullable(links.get(index)).map(this::attach).orElse(XdpState.without(GONE, ""));
            next.put(name, state);
            state.mode().ifPresent(_ -> attached.add(index));
        });
        slots.retain(attached);
        report(next);
        states = Map.copyOf(next);
    }

    private XdpState attach(Link link) {
        if (link.address().isEmpty() || !KINDS.contains(link.kind())) {
            return XdpState.without(
                    "it is " + (link.kind().isEmpty() ? "no Ethernet device" : "a " + link.kind()),
                    "devices of hardware, bonds and veth can have it");
        }
        try {
            XdpState now = XdpState.in(slots.attach(link.index(), link.address().get(), wanted(link)));
            // The kernel does not repeat why the program is where it was put before.
            return Optional.ofNullable(states.get(link.name()))
                    .filter(before ->
                            before.mode().equals(now.mode()) && now.reason().isEmpty())
                    .orElse(now);
        } catch (BpfException e) {
            return XdpState.refused(e, choice == XdpChoice.NATIVE);
        }
    }

    /// A veth pair loses what its driver sends out unless the other end, in a namespace of somebody else, has GRO or an
    /// XDP program of its own. So only who asks for it has that.
    private Optional<XdpMode> wanted(Link link) {
        return switch (choice) {
            case NATIVE -> Optional.of(XdpMode.NATIVE);
            case GENERIC -> Optional.of(XdpMode.GENERIC);
            case AUTO, OFF -> link.kind().equals(VETH) ? Optional.of(XdpMode.GENERIC) : Optional.empty();
        };
    }

    private void report(Map<String, XdpState> next) {
        next.forEach((name, state) -> {
            if (!state.equals(states.get(name))) {
                state.mode()
                        .ifPresentOrElse(
                                mode -> LOG.info("translate before the stack at {}: {} XDP", name, mode),
                                () -> LOG.warn("do not translate before the stack at {}: {}", name, state.reason()));
            }
        });
    }
}
