// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.Errno;
import io.culvert.loader.PinDirectory;
import io.culvert.loader.SystemCallException;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program before the stack on devices of the node, and what it looks up of them: `xdp_lb` in the driver,
/// `xdp_generic` behind it. Each device has one as a link of its own, which outlives the agent. A program is loaded
/// when the first device is given it.
public final class XdpPrograms {

    private static final Logger LOG = LoggerFactory.getLogger(XdpPrograms.class);

    /// What is said of a place that somebody else has, or that this process may not give away. It is no better
    /// behind the driver. All else is the driver's: it has no XDP, or not for such large frames, or so many queues.
    private static final Set<Errno> NOT_THE_DRIVERS = Set.of(Errno.EBUSY, Errno.EEXIST, Errno.EPERM);

    private final Links links;
    private final BpfHashMap<DeviceKey, Long> devices;
    private final BpfMap targets;
    private final Object lock;
    private final Function<MorePrograms, ProgramSet> programs;

    /// @param programs loads that of XDP where it is not
    XdpPrograms(
            Links links, MapCatalogue maps, BpfMap targets, Object lock, Function<MorePrograms, ProgramSet> programs) {
        this.links = links;
        this.devices = maps.xdpDevices();
        this.targets = targets;
        this.lock = lock;
        this.programs = programs;
    }

    /// Those that an earlier process left on devices.
    static Set<MorePrograms> in(PinDirectory pins) {
        return pins.pinnedLinks().stream()
                .flatMap(pin -> LinkName.parse(String.valueOf(pin.getFileName())).stream())
                .filter(LinkName::isXdp)
                .map(name -> MorePrograms.xdp(name.xdpMode()))
                .collect(Collectors.toSet());
    }

    /// Puts the program on a device. Does nothing where it is already, in a mode that will do.
    ///
    /// @param ifindex index of the device in this network namespace
    /// @param mac its hardware address
    /// @param wanted empty: in the driver where that is possible, else generically
    /// @return where it runs
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    public XdpPlace attach(int ifindex, MacAddress mac, Optional<XdpMode> wanted) {
        synchronized (lock) {
            devices.put(new DeviceKey(ifindex), mac.bits());
            XdpPlace place = wanted.or(() -> Optional.ofNullable(modes().get(ifindex)))
                    .map(known -> attach(ifindex, known))
                    .orElseGet(() -> attachAnyhow(ifindex));
            setTargets();
            return place;
        }
    }

    private XdpPlace attachAnyhow(int ifindex) {
        try {
            return attach(ifindex, XdpMode.NATIVE);
        } catch (SystemCallException e) {
            if (NOT_THE_DRIVERS.contains(e.errno())) {
                throw e;
            }
            LOG.warn("{}; attach it generically, which is slower", e.getMessage());
            Optional<String> refusal =
                    Optional.ofNullable(e.getMessage()).filter(_ -> !e.errno().equals(Errno.EOPNOTSUPP));
            attach(ifindex, XdpMode.GENERIC);
            return new XdpPlace(XdpMode.GENERIC, refusal);
        }
    }

    private XdpPlace attach(int ifindex, XdpMode mode) {
        links.attachXdp(ifindex, mode, programs.apply(MorePrograms.xdp(mode)));
        return XdpPlace.in(mode);
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
            return links.xdpModes();
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
