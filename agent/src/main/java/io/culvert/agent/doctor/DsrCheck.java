// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.net.IpAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The way to other nodes takes packets as large as this node's routes say. What direct server return hands on has the
/// outer header of a tunnel that the kernel does not know, so that nobody here learns from errors of routers about it.
/// What the kernel learned from packets of its own to the same nodes is the only sign.
final class DsrCheck implements Check {

    private static final String CHECK = "dsr";

    /// A line of `ip -o route show cache`.
    private static final Pattern LEARNED = Pattern.compile("^(\\S+) .*\\bmtu (?:lock )?(\\d+)");

    private final Path pins;

    DsrCheck(Path pins) {
        this.pins = pins;
    }

    @Override
    public List<Finding> examine(Machine machine) {
        Set<String> nodes =
                machine.handedTo(pins).stream().map(IpAddress::toString).collect(Collectors.toSet());
        if (nodes.isEmpty()) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        for (String family : List.of("-4", "-6")) {
            String cache =
                    machine.run("ip", family, "-o", "route", "show", "cache").orElse("");
            for (String line : cache.lines().toList()) {
                Matcher learned = LEARNED.matcher(line);
                if (learned.find() && nodes.contains(learned.group(1))) {
                    findings.add(narrow(learned.group(1), learned.group(2)));
                }
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(CHECK, "no narrower way to another node is known than the routes say"))
                : findings;
    }

    private static Finding narrow(String node, String mtu) {
        return Finding.warning(
                CHECK,
                "the way to node " + node + " takes packets of " + mtu
                        + " bytes; larger ones that are handed to its pods are lost, and their senders are not told",
                "give the routes to its pods that MTU (ip route change ... mtu " + mtu + "), if they do not have it");
    }
}
