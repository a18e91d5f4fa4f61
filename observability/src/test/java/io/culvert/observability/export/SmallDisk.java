// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A disk of 64 KiB, half of which is taken, in a directory of the test.
final class SmallDisk {

    private static final int SIZE = 64 << 10;

    private final Path directory;
    private final Path ballast;

    private SmallDisk(Path directory) throws IOException {
        this.directory = directory;
        this.ballast = Files.write(directory.resolve("ballast"), new byte[SIZE / 2]);
    }

    static SmallDisk mount(Path directory) throws IOException, InterruptedException {
        run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "culvert-export", directory.toString());
        return new SmallDisk(directory);
    }

    /// A file on it.
    Path file(String name) {
        return directory.resolve(name);
    }

    /// Frees what is taken.
    void makeRoom() throws IOException {
        Files.delete(ballast);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    void unmount() throws IOException, InterruptedException {
        run("umount", directory.toString());
    }
}
