// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Decides whether a [KernelTest] runs, is skipped or fails.
final class KernelTestCondition implements ExecutionCondition {

    /// What the decision depends on.
    ///
    /// @param required whether a reason to skip is a failure
    /// @param missing commands that the test needs and this machine has not
    record Machine(KernelVersion kernel, boolean root, boolean required, List<String> missing) {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<KernelTest> annotation = AnnotationSupport.findAnnotation(context.getElement(), KernelTest.class);
        Leftovers.removeAtExit();
        return annotation
                .map(test -> decide(KernelVersion.parse(test.min()), thisMachine(test.commands())))
                .orElseGet(() -> ConditionEvaluationResult.enabled("not a kernel test"));
    }

    static ConditionEvaluationResult decide(KernelVersion min, Machine machine) {
        if (machine.kernel().compareTo(min) < 0) {
            return skip("needs Linux " + min + ", this is " + machine.kernel(), machine);
        }
        if (!machine.root()) {
            return skip("needs root; run sudo ./culvert test", machine);
        }
        if (!machine.missing().isEmpty()) {
            throw new IllegalStateException("not on the PATH: " + String.join(", ", machine.missing())
                    + "; sudo ./culvert test installs what is missing");
        }
        return ConditionEvaluationResult.enabled("root on Linux " + machine.kernel());
    }

    private static ConditionEvaluationResult skip(String reason, Machine machine) {
        if (machine.required()) {
            throw new IllegalStateException(reason + "; -Dkernel.required=true forbids skipping");
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    private static Machine thisMachine(String[] commands) {
        List<String> missing =
                Arrays.stream(commands).filter(command -> !onPath(command)).toList();
        return new Machine(KernelVersion.running(), isRoot(), Boolean.getBoolean("kernel.required"), missing);
    }

    private static boolean onPath(String command) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/sbin:/usr/bin:/sbin:/bin");
        return Arrays.stream(path.split(":")).anyMatch(dir -> Files.isExecutable(Path.of(dir, command)));
    }

    /// The effective user is the second number of the line `Uid:` (proc_pid_status(5)).
    private static boolean isRoot() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("Uid:")).anyMatch(line -> line.split("\\s+")[2].equals("0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
