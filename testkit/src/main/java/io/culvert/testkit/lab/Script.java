// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Commands of ip(8) and sysctl settings for several namespaces, run by one shell in the order given: starting a
/// process per command would take most of the time that a lab needs.
final class Script {

    private final StringBuilder text = new StringBuilder();
    private String open = "";

    /// @param commands as ip(8) reads them in a batch; in the namespace `netns`
    Script ip(String netns, String... commands) {
        section("ip -n " + netns + " -batch -");
        lines(List.of(commands));
        return this;
    }

    /// As [#ip], in the namespace of this process.
    Script ip(String command) {
        section("ip -batch -");
        lines(List.of(command));
        return this;
    }

    /// Goes on with the others where one cannot be deleted, and fails then.
    Script deleteNamespaces(List<String> netns) {
        section("ip -force -batch -");
        lines(netns.stream().map(name -> "netns del " + name).toList());
        return this;
    }

    /// @param settings `path=value`, the path below `/proc/sys/net`
    Script set(String netns, String... settings) {
        return set(netns, "echo %2$s > %1$s", settings);
    }

    /// As [#set], of settings that not every kernel has.
    Script setIfThere(String netns, String... settings) {
        return set(netns, "[ ! -e %1$s ] || echo %2$s > %1$s", settings);
    }

    private Script set(String netns, String command, String... settings) {
        // /proc/sys/net shows the namespace of the process that opens it.
        section("nsenter --net=/run/netns/" + netns + " sh -eu");
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            lines(List.of(
                    command.formatted("/proc/sys/net/" + setting.substring(0, equals), setting.substring(equals + 1))));
        }
        return this;
    }

    /// @throws LabException with what the failing command wrote
    void run() {
        section("");
        try {
            // In a session of its own Ctrl-C does not end it half way, least of all while it removes a lab.
            Process shell = new ProcessBuilder("setsid", "sh", "-eu")
                    .redirectErrorStream(true)
                    .start();
            try (var in = shell.getOutputStream()) {
                in.write(text.toString().getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (shell.waitFor() != 0) {
                throw new LabException("set up namespaces: " + output.strip() + "\n" + text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("run sh", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while namespaces were set up", e);
        }
    }

    /// Goes on with the running command where it is the same, else ends its input and starts another.
    private void section(String command) {
        if (command.equals(open)) {
            return;
        }
        if (!open.isEmpty()) {
            text.append("EOF\n");
        }
        if (!command.isEmpty()) {
            text.append(command).append(" <<'EOF'\n");
        }
        open = command;
    }

    private void lines(List<String> lines) {
        for (String line : lines) {
            text.append(line).append('\n');
        }
    }
}
