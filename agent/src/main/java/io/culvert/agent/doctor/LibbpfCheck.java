// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.util.List;

/// libbpf loads and attaches the programs.
final class LibbpfCheck implements Check {

    @Override
    public List<Finding> examine(Machine machine) {
        Machine.Library library = machine.libbpf();
        return List.of(
                library.problem().isEmpty()
                        ? Finding.ok("libbpf", library.version())
                        : Finding.error("libbpf", library.problem(), "install it: apt install libbpf1"));
    }
}
