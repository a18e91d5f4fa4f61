// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.stream.Stream;

/// The program as it is installed on a node: in a checkout the launcher first compares all sources with what was built.
final class Installation {

    private Installation() {}

    /// Installs what is built.
    ///
    /// @param root the checkout
    /// @return the launcher
    static Path of(Path root) throws IOException {
        Path home = root.resolve("bench/target/installed");
        remove(home);
        Path dist = root.resolve("agent/target/dist");
        Files.walkFileTree(dist, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(home.resolve(dist.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                copy(file, home.resolve(dist.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
        return copy(root.resolve("culvert"), home.resolve("culvert"));
    }

    /// With its times: the JVM refuses a cache of other ones.
    private static Path copy(Path from, Path to) throws IOException {
        return Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
