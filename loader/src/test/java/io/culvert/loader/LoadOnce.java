// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process of its own that loads `programs.c` and prints the error, for conditions that this process cannot be in.
final class LoadOnce {

    private LoadOnce() {}

    public static void main(String[] arguments) throws IOException {
        try (BpfObject object = BpfObject.open("programs", Files.readAllBytes(Path.of(arguments[0])))) {
            object.load();
            System.out.println("loaded");
        } catch (BpfException e) {
            System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }

    /// What the process printed.
    ///
    /// @param wrapper a command that runs the one that follows it; may be empty
    /// @param options for the virtual machine
    static String run(Path directory, List<String> wrapper, List<String> options) throws IOException {
        Path file = Files.write(directory.resolve("programs.o"), TestObjects.elf("programs"));
        List<String> command = new ArrayList<>(wrapper);
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LoadOnce.class.getName()));
        command.add(file.toString());
        return Commands.run(command)
                .lines()
                .filter(line -> !line.startsWith("SLF4J"))
                .reduce("", (a, b) -> a + b);
    }
}
