// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.ImportedField;
import io.culvert.agent.control.ControlException;
import io.culvert.agent.control.NodeView;
import io.culvert.agent.doctor.Doctor;
import io.culvert.agent.doctor.Finding;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.doctor.Machine;
import io.culvert.agent.view.Column;
import io.culvert.agent.view.StatusView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(
            names = "--kube-proxy-config",
            paramLabel = "FILE",
            description =
                    "Check nothing; tell what agent --config FILE makes of each field of a KubeProxyConfiguration.")
    private @Nullable Path kubeProxyConfig;

    @Override
    public Integer call() {
        if (kubeProxyConfig != null) {
            return imported(ConfigFile.read(kubeProxyConfig));
        }
        List<Finding> findings = new Doctor(machine).examine(node.bpffs(), agent());
        output.printer(this)
                .list(
                        List.of(
                                Column.of("Result", finding -> finding.result().toString()),
                                Column.of("Check", Finding::check),
                                Column.of("Finding", DoctorCommand::text)),
                        findings);
        return findings.stream().anyMatch(Finding::isError) ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    /// Empty also where one is that does not answer: what is in its way is what is looked for.
    private Optional<StatusView> agent() {
        try {
            return node.ask(NodeView::status);
        } catch (ControlException e) {
            return Optional.empty();
        }
    }

    private Integer imported(ConfigFile file) {
        if (file.imported().isEmpty() && file.mistakes().isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "read " + kubeProxyConfig
                            + ": no KubeProxyConfiguration, or one without any value; name kube-proxy's" + " own file");
        }
        output.printer(this)
                .list(
                        List.of(
                                Column.of("Result", field -> field.fate().toString()),
                                Column.of("Field", ImportedField::field),
                                Column.of("Value", ImportedField::value),
                                Column.of("What Culvert does", ImportedField::note),
                                Column.wide("Line", ImportedField::where)),
                        file.imported());
        file.mistakes().forEach(this::note);
        return file.mistakes().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static String text(Finding finding) {
        return finding.detail() + (finding.remedy().isEmpty() ? "" : "; " + finding.remedy());
    }
}
