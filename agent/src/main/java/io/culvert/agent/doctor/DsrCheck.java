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

/// The way to other nodes takes an outer header around the packets that clients may always send. Of packets that do not
/// fit on it their senders are told, but none sends less than 1,280 bytes over IPv6 (RFC 8200, section 5). What the
/// kernel learned from packets of its own to the same nodes is the sign.
final class DsrCheck implements Check {

    private static final String CHECK = "dsr";

    private static final int CLIENTS_LEAST = 1280;

    /// The larger outer header of IPv6, Geneve's.
    private static final int OUTER = 64;

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
        String cache = machine.run("ip", "-6", "-o", "route", "show", "cache").orElse("");
        for (String line : cache.lines().toList()) {
            Matcher learned = LEARNED.matcher(line);
            if (learned.find()
                    && nodes.contains(learned.group(1))
                    && Integer.parseInt(learned.group(2)) < CLIENTS_LEAST + OUTER) {
                findings.add(narrow(learned.group(1), learned.group(2)));
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(CHECK, "no way to another node is known that is too narrow for outer headers"))
                : findings;
    }

    private static Finding narrow(String node, String mtu) {
        return Finding.warning(
                CHECK,
                "the way to node " + node + " takes packets of " + mtu + " bytes; those of " + CLIENTS_LEAST
                        + " that clients may always send over IPv6 do not fit in an outer header of " + OUTER
                        + " bytes (Geneve; IPIP: 40), and are lost",
                "let the network between the nodes take " + (CLIENTS_LEAST + OUTER)
                        + " bytes, or have Services over IPv6 masqueraded (culvert.io/forwarding-mode: snat)");
    }
}
