// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.view.StatusView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Makes checks.
public final class Doctor {

    private final Machine machine;

    public Doctor(Machine machine) {
        this.machine = machine;
    }

    /// Everything that can be in the way, errors or not.
    ///
    /// @param agent what the agent that runs here says of itself
    public List<Finding> examine(Path pins, Optional<StatusView> agent) {
        return make(List.of(
                new KernelCheck(),
                new RootCheck(),
                new MountCheck(pins),
                new LibbpfCheck(),
                new ClangCheck(),
                new KubeProxyCheck(),
                new NetworkCheck(),
                new FastPathCheck(),
                new XdpCheck(agent),
                new DsrCheck(pins)));
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
