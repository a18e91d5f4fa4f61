// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The kernel is new enough, and translates programs to machine code.
final class KernelCheck implements Check {

    private static final int MAJOR = 6;
    private static final int MINOR = 1;
    private static final Path JIT = Path.of("/proc/sys/net/core/bpf_jit_enable");
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

    @Override
    public List<Finding> examine(Machine machine) {
        List<Finding> findings = new ArrayList<>();
        findings.add(release(machine.kernelRelease()));
        machine.read(JIT)
                .filter(value -> value.strip().equals("0"))
                .ifPresent(_ -> findings.add(Finding.warning(
                        "bpf jit", "off, programs are interpreted", "run: sysctl -w net.core.bpf_jit_enable=1")));
        return findings;
    }

    private static Finding release(String release) {
        Matcher matcher = RELEASE.matcher(release);
        if (!matcher.matches()) {
            return Finding.warning("kernel", "cannot read the release " + release, "check uname -r");
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        boolean enough = major > MAJOR || (major == MAJOR && minor >= MINOR);
        return enough
                ? Finding.ok("kernel", "Linux " + release)
                : Finding.error(
                        "kernel",
                        "Linux " + release + " is too old",
                        "boot Linux " + MAJOR + "." + MINOR + " or newer");
    }
}
