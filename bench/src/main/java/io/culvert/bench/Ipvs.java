// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether kube-proxy's IPVS mode can take part on this machine.
final class Ipvs {

    /// Those of the kernel's module. A kernel that has it shows them once it is loaded.
    private static final Path SERVERS = Path.of("/proc/net/ip_vs");

    private static final List<String> COMMANDS = List.of("ipvsadm", "ipset");

    private Ipvs() {}

    /// Why it does not; empty where it does. Loads the kernel's module.
    static Optional<String> missing() {
        return missing(
                loads(),
                COMMANDS.stream().filter(command -> !isInstalled(command)).toList());
    }

    /// @param kernel whether the kernel has it
    /// @param commands those that are not installed
    static Optional<String> missing(boolean kernel, List<String> commands) {
        if (!kernel) {
            return Optional.of("this kernel does not have it (CONFIG_IP_VS)");
        }
        return commands.isEmpty()
                ? Optional.empty()
                : Optional.of("this kernel has it, but " + String.join(" and ", commands) + " must be installed");
    }

    private static boolean loads() {
        if (!Files.exists(SERVERS) && isInstalled("modprobe")) {
            run("modprobe", "ip_vs_rr");
        }
        return Files.exists(SERVERS);
    }

    private static boolean isInstalled(String command) {
        return Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    /// A kernel without the module refuses, which shows in what is there afterwards.
    private static void run(String... command) {
        try {
            int _ = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            Progress.say(String.join(" ", command) + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
