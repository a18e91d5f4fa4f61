// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.util.List;

/// clang compiles programs on the node; nothing else needs it.
final class ClangCheck implements Check {

    @Override
    public List<Finding> examine(Machine machine) {
        return List.of(clang(machine));
    }

    private static Finding clang(Machine machine) {
        return machine.run("clang", "--version")
                .flatMap(text -> text.lines().findFirst())
                .map(line -> Finding.ok("clang", line.strip()))
                .orElseGet(() -> Finding.warning(
                        "clang",
                        "not installed, culvert compile and --bpf-source cannot be used",
                        "install it if you want them: apt install clang llvm libbpf-dev"));
    }
}
