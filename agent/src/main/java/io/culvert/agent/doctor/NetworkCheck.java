// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.network.NetworkSettings;
import io.culvert.agent.network.NodeObjects;
import io.culvert.agent.network.WantedNetwork;
import io.culvert.net.IpFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// The network lets traffic for Services pass: forwarding, reverse path filters, and interfaces that programs can be
/// on. Settings are those of ip-sysctl of the kernel's documentation; of each, the stricter of `all` and the
/// interface's own counts.
final class NetworkCheck implements Check {

    private static final Path SYSCTL = Path.of("/proc/sys/net");

    @Override
    public List<Finding> examine(Machine machine) {
        WantedNetwork network = WantedNetwork.of(NetworkSettings.DEFAULT, machine.network(), NodeObjects.UNKNOWN);
        Collection<String> devices = new TreeSet<>(network.devices().values());
        List<Finding> findings = new ArrayList<>();
        findings.add(
                devices.isEmpty()
                        ? Finding.warning(
                                "devices",
                                "none has a default route or an address, NodePorts cannot be reached",
                                "give one an address, or name devices with --devices")
                        : Finding.ok("devices", String.join(", ", devices)));
        new TreeMap<>(network.unsupported())
                .forEach((name, reason) ->
                        findings.add(Finding.warning(name, reason, "use another one for this traffic")));
        forwarding(machine, network, findings);
        reversePath(machine, devices, findings);
        redirects(machine, devices, findings);
        return findings;
    }

    private static void forwarding(Machine machine, WantedNetwork network, List<Finding> findings) {
        if (machine.read(Path.of("/proc/net/if_inet6")).isEmpty()) {
            findings.add(Finding.ok("ipv6", "this kernel has none, IPv4 alone is served"));
        }
        require(machine, "net/ipv4/ip_forward", findings);
        if (network.primary().has(IpFamily.IPV6)) {
            require(machine, "net/ipv6/conf/all/forwarding", findings);
        }
    }

    private static void require(Machine machine, String sysctl, List<Finding> findings) {
        String name = sysctl.replace('/', '.');
        if (machine.read(Path.of("/proc/sys", sysctl))
                .filter(value -> value.strip().equals("0"))
                .isPresent()) {
            findings.add(Finding.warning(
                    "forwarding",
                    name + " is 0, connections to backends in pods do not pass",
                    "run: sysctl -w " + name + "=1"));
        }
    }

    /// A strict filter drops what comes in where the answer would not go out. With one device there is nothing to
    /// choose, and the kernel judges the addresses that it routes by, because programs translate before it looks.
    private static void reversePath(Machine machine, Collection<String> devices, List<Finding> findings) {
        List<String> strict = devices.stream()
                .filter(device -> Math.max(of(machine, "all", "rp_filter"), of(machine, device, "rp_filter")) == 1)
                .toList();
        if (devices.size() > 1 && !strict.isEmpty()) {
            findings.add(Finding.warning(
                    "rp_filter",
                    "strict on " + String.join(", ", strict)
                            + ", clients that come in where the route to them does not go out are dropped",
                    "if routes are asymmetric: sysctl -w net.ipv4.conf." + strict.getFirst() + ".rp_filter=2"));
        }
    }

    private static void redirects(Machine machine, Collection<String> devices, List<Finding> findings) {
        List<String> sending = devices.stream()
                .filter(device -> of(machine, "all", "send_redirects") + of(machine, device, "send_redirects") > 0)
                .toList();
        if (!sending.isEmpty()) {
            findings.add(Finding.warning(
                    "send_redirects",
                    "on for " + String.join(", ", sending)
                            + ", clients in its network are told of routes to backends, which do no harm",
                    "to save the packets: sysctl -w net.ipv4.conf.all.send_redirects=0 net.ipv4.conf."
                            + sending.getFirst() + ".send_redirects=0"));
        }
    }

    private static int of(Machine machine, String device, String name) {
        return machine.read(SYSCTL.resolve("ipv4/conf").resolve(device).resolve(name))
                .map(String::strip)
                .filter(text -> text.matches("\\d{1,3}"))
                .map(Integer::parseInt)
                .orElse(0);
    }
}
