// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/// What the figures were measured on.
final class Machine {

    private Machine() {}

    static String describe() {
        return "%s, %d CPUs (%s), %d GiB memory, Linux %s, Java %s"
                .formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        first("/proc/cpuinfo", "model name"),
                        Math.round(kibibytes() / 1024.0 / 1024.0),
                        System.getProperty("os.version").replaceAll("-.*", ""),
                        Runtime.version().feature());
    }

    private static long kibibytes() {
        return Long.parseLong(
                first("/proc/meminfo", "MemTotal").toLowerCase(Locale.ROOT).replaceAll("\\D", ""));
    }

    private static String first(String file, String key) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
