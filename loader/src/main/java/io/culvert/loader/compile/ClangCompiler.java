// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.compile;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Compiles a directory of eBPF programs with the clang of this machine. What it makes is byte for byte what
/// `bpf/compile` makes of the same directory.
public final class ClangCompiler {

    /// As in `bpf/compile`; a test runs both and compares.
    private static final List<String> FLAGS =
            List.of("-target", "bpf", "-O2", "-g", "-mcpu=v3", "-Wall", "-Wextra", "-Werror");

    /// Only about how messages are written.
    private static final List<String> MESSAGE_FLAGS =
            List.of("-fno-caret-diagnostics", "-fno-color-diagnostics", "-ferror-limit=0");

    private final String searchPath;

    private ClangCompiler(String searchPath) {
        this.searchPath = searchPath;
    }

    /// The compiler on the `PATH` of this process; whether there is one shows when it is used.
    public static ClangCompiler onPath() {
        return on(System.getenv().getOrDefault("PATH", ""));
    }

    static ClangCompiler on(String searchPath) {
        return new ClangCompiler(searchPath);
    }

    /// Compiles every `*.c` directly below `directory`; headers are searched in its `include` directory. A file that
    /// fails does not keep the others from being compiled, so that the exception shows every message.
    ///
    /// @return the ELF bytes by file name without `.c`
    /// @throws CompileException if a program is not installed, there is no such file, or one does not compile
    public SortedMap<String, byte[]> compile(Path directory) {
        String clang = program("clang", directory);
        String stripper = program("llvm-strip", directory);
        List<Path> sources = sources(directory);
        SortedMap<String, byte[]> objects = new TreeMap<>();
        List<Diagnostic> diagnostics = new ArrayList<>();
        try {
            Path workspace = Files.createTempDirectory("culvert-compile");
            Path object = workspace.resolve("object.o");
            try {
                for (Path source : sources) {
                    List<String> strips = List.of(stripper, "-g", object.toString());
                    if (run(command(clang, directory, source, object), directory, source, diagnostics)
                            && run(strips, directory, source, diagnostics)) {
                        objects.put(name(source), Files.readAllBytes(object));
                    }
                }
            } finally {
                Files.deleteIfExists(object);
                Files.delete(workspace);
            }
        } catch (IOException e) {
            throw CompileException.because(directory, e + "; check the temporary directory");
        }
        if (objects.size() < sources.size()) {
            throw CompileException.of(directory, sources.size() - objects.size(), sources.size(), diagnostics);
        }
        return objects;
    }

    private static List<String> command(String clang, Path directory, Path source, Path object) {
        return Stream.of(
                        Stream.of(clang),
                        FLAGS.stream(),
                        Stream.of("-I" + directory + "/include", "-isystem", multiarch()),
                        MESSAGE_FLAGS.stream(),
                        Stream.of("-c", source.toString(), "-o", object.toString()))
                .flatMap(part -> part)
                .toList();
    }

    /// Debian keeps `asm/` below the multiarch directory, which clang does not search for a foreign target.
    private static String multiarch() {
        String machine = System.getProperty("os.arch", "");
        return "/usr/include/" + (machine.equals("amd64") ? "x86_64" : machine) + "-linux-gnu";
    }

    /// Runs one program on one file and adds what it says if it fails.
    private static boolean run(List<String> command, Path directory, Path source, List<Diagnostic> diagnostics)
            throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        try (var output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                diagnostics.addAll(explained(directory, source, said, status));
            }
            return status == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CompileException.because(directory, "interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<Diagnostic> explained(Path directory, Path source, String output, int status) {
        String file = source.getFileName().toString();
        List<Diagnostic> found = Diagnostic.parse(directory, file, output);
        String last = output.lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line);
        return found.isEmpty()
                ? List.of(new Diagnostic(
                        file, 0, 0, Diagnostic.Severity.ERROR, "the compiler ended with status " + status + " " + last))
                : found;
    }

    private List<Path> sources(Path directory) {
        List<Path> sources = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.c")) {
            files.forEach(sources::add);
        } catch (IOException e) {
            throw CompileException.because(directory, "it cannot be read (" + e + "); name a directory of C sources");
        }
        if (sources.isEmpty()) {
            throw CompileException.because(directory, "there is no *.c file; name a directory that has some");
        }
        sources.sort(null);
        return sources;
    }

    private String program(String name, Path directory) {
        for (String place : searchPath.split(":")) {
            Path candidate = Path.of(place, name);
            if (!place.isEmpty() && Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return candidate.toString();
            }
        }
        throw CompileException.because(directory, name + " is not installed; install it (apt install clang llvm)");
    }

    private static String name(Path source) {
        String file = source.getFileName().toString();
        return file.substring(0, file.length() - ".c".length());
    }
}
