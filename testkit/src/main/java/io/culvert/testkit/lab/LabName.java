// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a lab, which begins the name of everything that it makes and says which process made it.
///
/// @param pid the process that created the lab
/// @param started when that process started, in clock ticks since boot, because process ids are reused
/// @param number counts the labs of that process
record LabName(long pid, long started, int number) {

    private static final Pattern TEXT = Pattern.compile("culvert-lab-(\\d+)-(\\d+)-(\\d+)(-.*)?");
    private static final AtomicInteger COUNT = new AtomicInteger();

    /// The next unused name of this process.
    static LabName next() {
        long pid = ProcessHandle.current().pid();
        long started = startTime(pid).orElseThrow(() -> new LabException("read /proc/" + pid + "/stat: not there"));
        return new LabName(pid, started, COUNT.incrementAndGet());
    }

    /// The lab that something with this name belongs to.
    static Optional<LabName> parse(String name) {
        Matcher matcher = TEXT.matcher(name);
        return matcher.matches()
                ? Optional.of(new LabName(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Integer.parseInt(matcher.group(3))))
                : Optional.empty();
    }

    boolean ownerIsAlive() {
        return startTime(pid).map(time -> time == started).orElse(false);
    }

    /// Field 22 of proc_pid_stat(5), counted from the parenthesis that ends the command name (field 2).
    private static Optional<Long> startTime(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Optional.of(Long.parseLong(afterName[19]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "culvert-lab-" + pid + "-" + started + "-" + number;
    }
}
