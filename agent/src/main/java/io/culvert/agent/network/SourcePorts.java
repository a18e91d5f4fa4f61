// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.maps.datapath.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The source ports that programs may give to connections of others: whatever the node does not use itself, so that no
/// connection of the node can meet the same tuple.
public final class SourcePorts {

    /// The range of ephemeral ports, of the network namespace of whoever reads it (ip-sysctl).
    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    private static final Pattern RANGE = Pattern.compile("\\s*(\\d{1,5})\\s+(\\d{1,5})\\s*");
    private static final PortRange KERNEL_DEFAULT = new PortRange(32768, 60999);
    private static final PortRange UNPRIVILEGED = new PortRange(1024, 65535);

    private SourcePorts() {}

    /// Two ranges for this node.
    public static List<PortRange> ofThisNode(PortRange nodePorts) {
        return beside(ephemeral(), nodePorts);
    }

    /// The two largest ranges that are neither privileged nor taken; the same one twice if there is only one. If
    /// nothing is left, whatever NodePorts leave.
    static List<PortRange> beside(PortRange ephemeral, PortRange nodePorts) {
        List<PortRange> left = without(without(List.of(UNPRIVILEGED), nodePorts), ephemeral);
        if (left.isEmpty()) {
            left = without(List.of(UNPRIVILEGED), nodePorts);
        }
        List<PortRange> largest = left.stream()
                .sorted(Comparator.comparingInt((PortRange range) -> range.first() - range.last()))
                .limit(2)
                .toList();
        return List.of(
                largest.isEmpty() ? UNPRIVILEGED : largest.getFirst(),
                largest.isEmpty() ? UNPRIVILEGED : largest.getLast());
    }

    private static List<PortRange> without(List<PortRange> ranges, PortRange taken) {
        List<PortRange> left = new ArrayList<>();
        for (PortRange range : ranges) {
            add(left, range.first(), Math.min(range.last(), taken.first() - 1));
            add(left, Math.max(range.first(), taken.last() + 1), range.last());
        }
        return left;
    }

    private static void add(List<PortRange> ranges, int first, int last) {
        if (first <= last) {
            ranges.add(new PortRange(first, last));
        }
    }

    private static PortRange ephemeral() {
        try {
            Matcher matcher = RANGE.matcher(Files.readString(EPHEMERAL));
            return matcher.matches()
                    ? new PortRange(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                    : KERNEL_DEFAULT;
        } catch (IOException e) {
            return KERNEL_DEFAULT;
        }
    }
}
