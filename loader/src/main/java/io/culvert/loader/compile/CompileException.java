// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.compile;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// C that could not be compiled, or no compiler. The first line of the message says what failed; where the compiler had
/// something to say, each of its messages follows on a line of its own as `file:line:column: error: ...`.
public final class CompileException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Diagnostic> diagnostics;

    private CompileException(String message, List<Diagnostic> diagnostics) {
        super(message);
        this.diagnostics = List.copyOf(diagnostics);
    }

    static CompileException because(Path directory, String reasonAndRemedy) {
        return new CompileException(operation(directory) + ": " + reasonAndRemedy, List.of());
    }

    static CompileException of(Path directory, int failed, int files, List<Diagnostic> diagnostics) {
        String messages = diagnostics.stream().map(Diagnostic::toString).collect(Collectors.joining("\n"));
        return new CompileException(
                "%s: %d of %d files failed; correct what clang reports\n%s"
                        .formatted(operation(directory), failed, files, messages),
                diagnostics);
    }

    /// What the compiler said, in its order, over all files; empty if it could not be run.
    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }

    private static String operation(Path directory) {
        return "compile eBPF programs in " + directory;
    }
}
