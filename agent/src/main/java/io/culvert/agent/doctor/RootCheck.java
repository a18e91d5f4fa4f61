// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.util.List;

/// Loading programs needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; root has them.
final class RootCheck implements Check {

    @Override
    public List<Finding> examine(Machine machine) {
        return List.of(
                machine.isRoot()
                        ? Finding.ok("user", "root")
                        : Finding.error("user", "not root", "run it with sudo, or in a privileged container"));
    }
}
