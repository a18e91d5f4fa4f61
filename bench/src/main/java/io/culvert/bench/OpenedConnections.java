// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.testkit.lab.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Connections that a process' network namespace has opened: the kernel's own count (`ActiveOpens` of RFC 4022), so
/// that a process that goes on can be measured in parts.
record OpenedConnections(Path counters) {

    private static final String TCP = "Tcp: ";

    static OpenedConnections of(LabProcess process) {
        return new OpenedConnections(Path.of("/proc", Long.toString(process.pid()), "net", "snmp"));
    }

    /// So far.
    long count() {
        try {
            List<List<String>> rows = Files.readAllLines(counters).stream()
                    .filter(line -> line.startsWith(TCP))
                    .map(line -> Arrays.asList(line.split(" ")))
                    .toList();
            return Long.parseLong(rows.getLast().get(rows.getFirst().indexOf("ActiveOpens")));
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
