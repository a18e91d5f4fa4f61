// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.testkit.lab.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What TCP of a process' network namespace has done, by the kernel's own counts (RFC 4022), so that a load that goes
/// on
/// can be measured in parts.
///
/// @param name of the count
record TcpCounter(Path counters, String name) {

    private static final String TCP = "Tcp: ";

    /// Counts what a client in that mode does: connections that it opened, or round trips, as segments that it
    /// received.
    static TcpCounter of(LabProcess client, LoadMode mode) {
        Path counters = Path.of("/proc", Long.toString(client.pid()), "net", "snmp");
        return new TcpCounter(counters, mode.connects() ? "ActiveOpens" : "InSegs");
    }

    /// So far.
    long count() {
        try {
            List<List<String>> rows = Files.readAllLines(counters).stream()
                    .filter(line -> line.startsWith(TCP))
                    .map(line -> Arrays.asList(line.split(" ")))
                    .toList();
            return Long.parseLong(rows.getLast().get(rows.getFirst().indexOf(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A second, from now for so long.
    double rate(long millis) throws InterruptedException {
        long before = count();
        long begin = System.nanoTime();
        Thread.sleep(millis);
        return (count() - before) * 1e9 / (System.nanoTime() - begin);
    }
}
