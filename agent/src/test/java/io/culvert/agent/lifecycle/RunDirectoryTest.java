// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {

    @TempDir
    private Path temporary;

    @Test
    void theSecondHolderIsToldWhoTheFirstIs() {
        Path path = temporary.resolve("run");
        try (RunDirectory _ = RunDirectory.lock(path)) {
            assertThatThrownBy(() -> RunDirectory.lock(path))
                    .isInstanceOf(StartException.class)
                    .hasMessage("lock run directory " + path + ": process "
                            + ProcessHandle.current().pid()
                            + " holds it; stop that agent first, or choose another --run-dir and --bpffs");
        }
    }

    @Test
    void whatWasLetGoCanBeLockedAgain() throws IOException {
        Path path = temporary.resolve("run");
        RunDirectory.lock(path).close();

        try (RunDirectory again = RunDirectory.lock(path)) {
            assertThat(again.path()).isEqualTo(path);
            assertThat(Files.readString(path.resolve("agent.pid")))
                    .isEqualTo(ProcessHandle.current().pid() + "\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void clearingTakesOnlyWhatAgentsLeave() throws IOException {
        Path path = temporary.resolve("run");
        try (RunDirectory run = RunDirectory.lock(path)) {
            Files.createFile(path.resolve("agent.sock"));
            Files.createFile(path.resolve("mine"));
            run.clear();
        }
        assertThat(path.resolve("mine")).exists();
        assertThat(path.resolve("agent.sock")).doesNotExist();

        Files.delete(path.resolve("mine"));
        try (RunDirectory run = RunDirectory.lock(path)) {
            run.clear();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatThrownBy(() -> RunDirectory.lock(file.resolve("run")))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("use run directory " + file.resolve("run") + ": ")
                .hasMessageEndingWith("; run it as root, or choose another --run-dir");
    }
}
