// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.doctor.Doctor;
import io.culvert.agent.doctor.Finding;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.doctor.Machine;
import io.culvert.agent.view.Column;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert doctor`.
@Command(
        name = "doctor",
        description = {
            "Look for what keeps Culvert from working on this node, and say what to do.",
            "The exit status is 1 if something is wrong."
        })
final class DoctorCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    private final Machine machine;

    DoctorCommand() {
        this(new LiveMachine());
    }

    DoctorCommand(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Integer call() {
        List<Finding> findings = new Doctor(machine).examine(node.bpffs());
        output.printer(this)
                .list(
                        List.of(
                                Column.of("Result", finding -> finding.result().toString()),
                                Column.of("Check", Finding::check),
                                Column.of("Finding", DoctorCommand::text)),
                        findings);
        return findings.stream().anyMatch(Finding::isError) ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    private static String text(Finding finding) {
        return finding.detail() + (finding.remedy().isEmpty() ? "" : "; " + finding.remedy());
    }
}
