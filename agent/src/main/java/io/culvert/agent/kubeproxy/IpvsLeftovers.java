// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import io.culvert.agent.kubeproxy.Leftover.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Virtual servers and the device `kube-ipvs0` of kube-proxy's IPVS mode. Without the device, virtual servers are
/// somebody else's. With it, kube-proxy's are those on an address of the device, and those on an address of the node
/// with a port of the NodePort range; others may have theirs beside it (`ipvs.excludeCIDRs`).
final class IpvsLeftovers {

    private static final String DEVICE = "kube-ipvs0";
    private static final int FIRST_NODE_PORT = 30_000;
    private static final int LAST_NODE_PORT = 32_767;

    /// A line of `ip -o addr`: `7: kube-ipvs0    inet 10.96.0.1/32 scope global kube-ipvs0`.
    private static final Pattern ADDRESS =
            Pattern.compile("^\\d+:\\s+(\\S+)\\s+inet6?\\s+([^/\\s]+)", Pattern.MULTILINE);

    /// A line of `ipvsadm -S -n`: `-A -t 10.96.0.1:443 -s rr`, `-A -u [fd00::a]:53 -s rr`.
    private static final Pattern SERVER =
            Pattern.compile("^-A (-t|-u|--sctp-service) \\[?([^\\]\\s]+?)\\]?:(\\d+)(?: .*)?$", Pattern.MULTILINE);

    private IpvsLeftovers() {}

    static List<Leftover> find(Commands commands) {
        if (commands.output("ip", "-o", "link", "show", "dev", DEVICE).isEmpty()) {
            return List.of();
        }
        Set<String> services = new HashSet<>();
        Set<String> node = new HashSet<>();
        ADDRESS.matcher(commands.output("ip", "-o", "addr").orElse(""))
                .results()
                .forEach(match -> (match.group(1).equals(DEVICE) ? services : node).add(match.group(2)));
        List<Leftover> found = new ArrayList<>();
        Matcher server = SERVER.matcher(commands.output("ipvsadm", "-S", "-n").orElse(""));
        while (server.find()) {
            int port = Integer.parseInt(server.group(3));
            boolean nodePort = port >= FIRST_NODE_PORT && port <= LAST_NODE_PORT && node.contains(server.group(2));
            if (nodePort || services.contains(server.group(2))) {
                found.add(server(server.group(1), server.group(2), port));
            }
        }
        found.add(new Leftover(
                Kind.IPVS,
                "ip",
                "device " + DEVICE + ", which holds Service addresses",
                List.of(),
                false,
                "",
                List.of("ip", "link", "delete", DEVICE)));
        return found;
    }

    /// Why virtual servers could not be looked for, if they could not.
    static Optional<String> doubt(Commands commands) {
        boolean device =
                commands.output("ip", "-o", "link", "show", "dev", DEVICE).isPresent();
        return device && commands.run("", "ipvsadm", "-S", "-n") instanceof Commands.Outcome.NotInstalled
                ? Optional.of("list virtual servers: ipvsadm is not installed; install it, or reboot the node")
                : Optional.empty();
    }

    private static Leftover server(String option, String address, int port) {
        String service = (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
        String protocol = switch (option) {
            case "-t" -> "TCP";
            case "-u" -> "UDP";
            default -> "SCTP";
        };
        return new Leftover(
                Kind.IPVS,
                "ipvs",
                "virtual server " + service + "/" + protocol,
                List.of(),
                true,
                "",
                List.of("ipvsadm", "-D", option, service));
    }
}
