// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// What a node's agents know beyond a reboot, which empties the run directory and unpins everything.
public record StateDirectory(Path path) {

    private static final Path USUAL_RUN_DIR = Path.of("/run/culvert");
    private static final Path USUAL = Path.of("/var/lib/culvert");

    /// The one that is named, else the usual one of the usual run directory. Any other run directory has its own
    /// within, so that several nodes of one kernel need not name two.
    ///
    /// @param named by the settings
    public static StateDirectory of(@Nullable Path named, Path runDir) {
        if (named != null) {
            return new StateDirectory(named);
        }
        return new StateDirectory(runDir.equals(USUAL_RUN_DIR) ? USUAL : runDir);
    }

    /// The last good version of each manifest.
    Path manifests() {
        return path.resolve("manifests");
    }

    /// Removes what agents left in it. The directory itself stays if there is something else.
    public void clear() {
        try {
            if (Files.exists(manifests())) {
                Files.walkFileTree(manifests(), new Removal());
            }
            if (Files.isDirectory(path) && isEmpty()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new StartException("clear state directory " + path + ": " + e + "; remove it by hand");
        }
    }

    private boolean isEmpty() throws IOException {
        try (var rest = Files.list(path)) {
            return rest.findAny().isEmpty();
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
            if (e != null) {
                throw e;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
