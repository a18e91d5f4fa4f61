// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.PinDirectory;
import io.culvert.loader.UpdateMode;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.layout.CTypes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The program `xdp_lb` on devices of the node, and what it looks up of them. Each device has it as a link of its own,
/// which
/// outlives the agent; programs are loaded when the first device is given one.
public final class XdpPrograms {

    private final Links links;
    private final BpfHashMap<DeviceKey, Long> devices;
    private final BpfMap targets;
    private final Object lock;
    private final Supplier<ProgramSet> programs;

    /// @param programs loads that of XDP where it is not
    XdpPrograms(Links links, MapCatalogue maps, BpfMap targets, Object lock, Supplier<ProgramSet> programs) {
        this.links = links;
        this.devices = maps.xdpDevices();
        this.targets = targets;
        this.lock = lock;
        this.programs = programs;
    }

    /// Whether a device has one that an earlier process left.
    static boolean areIn(PinDirectory pins) {
        return pins.pinnedLinks().stream()
                .flatMap(pin -> LinkName.parse(String.valueOf(pin.getFileName())).stream())
                .anyMatch(LinkName::isXdp);
    }

    /// Puts the program on a device. Does nothing where it is already, in a mode that will do.
    ///
    /// @param ifindex index of the device in this network namespace
    /// @param mac its hardware address
    /// @param wanted empty: in the driver where that is possible, else generically
    /// @return where it runs
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    public XdpMode attach(int ifindex, MacAddress mac, Optional<XdpMode> wanted) {
        synchronized (lock) {
            devices.put(new DeviceKey(ifindex), mac.bits());
            XdpMode mode = links.attachXdp(ifindex, wanted, programs.get());
            setTargets();
            return mode;
        }
    }

    /// Takes the program off all devices but these.
    public void retain(Set<Integer> ifindexes) {
        synchronized (lock) {
            List<DeviceKey> others = devices.keys().stream()
                    .filter(key -> !ifindexes.contains(key.ifindex()))
                    .toList();
            others.forEach(key -> removeTarget(key.ifindex()));
            links.detach(name -> name.isXdp() && !ifindexes.contains((int) name.target()));
            if (!others.isEmpty()) {
                devices.removeAll(others);
                setTargets();
            }
        }
    }

    /// Where the program runs, by index of the device.
    public Map<Integer, XdpMode> modes() {
        synchronized (lock) {
            Map<Integer, XdpMode> modes = new TreeMap<>();
            for (int index : links.targets(LinkName::isXdp)) {
                links.xdpMode(LinkName.xdp(index)).ifPresent(mode -> modes.put(index, mode));
            }
            return modes;
        }
    }

    /// A driver that runs the program can send what another driver hands it; other devices cannot, and packets would be
    /// lost. Without drivers, every device can.
    private void setTargets() {
        Map<Integer, XdpMode> modes = modes();
        boolean drivers = modes.containsValue(XdpMode.NATIVE);
        modes.forEach((index, mode) -> {
            if (drivers && mode == XdpMode.GENERIC) {
                removeTarget(index);
            } else {
                addTarget(index);
            }
        });
    }

    private void addTarget(int ifindex) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(CTypes.U32, ifindex);
            targets.update(number, number, UpdateMode.ANY);
        }
    }

    private void removeTarget(int ifindex) {
        try (Arena arena = Arena.ofConfined()) {
            boolean _ = targets.delete(arena.allocateFrom(CTypes.U32, ifindex));
        }
    }
}
