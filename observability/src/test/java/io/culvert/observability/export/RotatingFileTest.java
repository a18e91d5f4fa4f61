// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RotatingFileTest {

    @TempDir
    private Path directory;

    private Path path() {
        return directory.resolve("flows.log");
    }

    private void write(RotatingFile file, int from, int to) throws IOException {
        for (int number = from; number < to; number++) {
            file.write("line %04d\n".formatted(number).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void filesAreBoundedAndTheOldestGoes() throws IOException {
        try (RotatingFile file = new RotatingFile(path(), 30, 2, false)) {
            write(file, 0, 10);
        }

        assertThat(path()).hasContent("line 0009");
        assertThat(directory.resolve("flows.log.1")).hasContent("line 0006\nline 0007\nline 0008");
        assertThat(directory.resolve("flows.log.2")).hasContent("line 0003\nline 0004\nline 0005");
        assertThat(directory.resolve("flows.log.3")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");
    }

    @Test
    void aNewProcessGoesOn() throws IOException {
        for (int number = 0; number < 4; number++) {
            try (RotatingFile file = new RotatingFile(path(), 30, 1, false)) {
                write(file, number, number + 1);
            }
        }

        assertThat(path()).hasContent("line 0003");
        assertThat(directory.resolve("flows.log.1")).hasContent("line 0000\nline 0001\nline 0002");
    }

    @Test
    void backupsAreCompressed() throws IOException {
        try (RotatingFile file = new RotatingFile(path(), 30, 2, true)) {
            write(file, 0, 7);
        }

        try (var backup = new GZIPInputStream(Files.newInputStream(directory.resolve("flows.log.2.gz")))) {
            assertThat(new String(backup.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("line 0000\nline 0001\nline 0002\n");
        }
        assertThat(directory.resolve("flows.log.1.gz")).exists();
        assertThat(directory.resolve("flows.log.1")).doesNotExist();
    }

    @Test
    void withoutBackupsOnlyTheNewestStays() throws IOException {
        try (RotatingFile file = new RotatingFile(path(), 30, 0, false)) {
            write(file, 0, 4);
        }

        assertThat(directory).isDirectoryContaining(found -> found.equals(path()));
        assertThat(path()).hasContent("line 0003");
    }

    @Test
    void aLineLongerThanAFileIsWrittenWhole() throws IOException {
        try (RotatingFile file = new RotatingFile(path(), 5, 1, false)) {
            write(file, 0, 2);
        }

        assertThat(path()).hasContent("line 0001");
        assertThat(directory.resolve("flows.log.1")).hasContent("line 0000");
    }
}
