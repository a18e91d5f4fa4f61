// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.nio.file.Path;
import java.util.List;

/// Makes checks.
public final class Doctor {

    private final Machine machine;

    public Doctor(Machine machine) {
        this.machine = machine;
    }

    /// Everything that can be in the way, errors or not.
    public List<Finding> examine(Path pins) {
        return make(List.of(
                new KernelCheck(),
                new RootCheck(),
                new MountCheck(pins),
                new LibbpfCheck(),
                new ClangCheck(),
                new KubeProxyCheck(),
                new NetworkCheck(),
                new FastPathCheck()));
    }

    /// The errors that keep an agent from starting.
    public List<Finding> obstacles(Path pins) {
        return make(List.of(new RootCheck(), new KernelCheck(), new LibbpfCheck(), new MountCheck(pins))).stream()
                .filter(Finding::isError)
                .toList();
    }

    private List<Finding> make(List<Check> checks) {
        return checks.stream().flatMap(check -> check.examine(machine).stream()).toList();
    }
}
