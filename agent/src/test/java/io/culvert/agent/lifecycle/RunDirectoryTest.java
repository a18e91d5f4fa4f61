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
        assertThat(path.resolve("agent.pid")).doesNotExist();

        try (RunDirectory again = RunDirectory.lock(path)) {
            assertThat(again.path()).isEqualTo(path);
            assertThat(Files.readString(path.resolve("agent.pid")))
                    .isEqualTo(ProcessHandle.current().pid() + "\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aFileThatAProcessLeftWhenItWasKilledIsNobodys() throws IOException {
        Path path = Files.createDirectory(temporary.resolve("run"));
        Files.writeString(path.resolve("agent.pid"), "4194304999\n");

        try (RunDirectory _ = RunDirectory.lock(path)) {
            assertThat(path.resolve("agent.pid"))
                    .hasContent(Long.toString(ProcessHandle.current().pid()));
        }
        assertThat(path.resolve("agent.pid")).doesNotExist();
    }

    @Test
    void anothersFileIsNotRemoved() throws IOException {
        Path path = temporary.resolve("run");
        try (RunDirectory run = RunDirectory.lock(path)) {
            run.clear();
            Files.createDirectories(path);
            Files.writeString(path.resolve("agent.pid"), "1\n");
        }
        assertThat(path.resolve("agent.pid")).hasContent("1");
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
