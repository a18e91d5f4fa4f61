// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.loader.compile.ClangCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `culvert compile`.
@Command(
        name = "compile",
        description = "Compile eBPF programs with the clang of this node, as culvert agent --bpf-source does.")
final class CompileCommand extends Verb {

    @Option(names = "--source", paramLabel = "DIR", required = true, description = "Every *.c directly below it.")
    private Path source = Path.of("bpf");

    @Option(
            names = "--target",
            paramLabel = "DIR",
            description = "Write the objects here; without it the programs are only checked.")
    private @Nullable Path target;

    @Override
    public Integer call() {
        SortedMap<String, byte[]> objects = ClangCompiler.onPath().compile(source);
        objects.forEach((name, object) -> {
            out().println(name + ".o: " + object.length + " bytes" + (target == null ? "" : ", in " + target));
            if (target != null) {
                write(target.resolve(name + ".o"), object);
            }
        });
        out().flush();
        return ExitStatus.DONE;
    }

    private static void write(Path file, byte[] object) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, object);
        } catch (IOException e) {
            throw new CommandFailure("write " + file + ": " + e.getMessage() + "; choose another --target");
        }
    }
}
