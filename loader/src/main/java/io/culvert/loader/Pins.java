// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// Puts descriptors under paths of a BPF file system and gets them back.
final class Pins {

    private Pins() {}

    /// @throws SystemCallException with EEXIST if something is there already
    static void pin(int fd, Path path, String object) {
        try (Arena arena = Arena.ofConfined()) {
            int result = LibbpfLinks.pin(fd, arena.allocateFrom(path.toString()));
            if (result < 0) {
                Errno errno = Errno.ofResult(result);
                String operation = "pin " + object + " at " + path;
                throw PinDirectory.isBpfFileSystem(path.toAbsolutePath().getParent())
                        ? SystemCallException.of(operation, errno)
                        : SystemCallException.withRemedy(operation, errno, PinDirectory.MOUNT_REMEDY);
            }
        }
    }

    /// A descriptor of what is pinned there, for the caller to close; empty if nothing is.
    static OptionalInt open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = LibbpfLinks.open(arena.allocateFrom(path.toString()));
            if (fd < 0 && Errno.ofResult(fd).equals(Errno.ENOENT)) {
                return OptionalInt.empty();
            }
            return OptionalInt.of(SystemCallException.check(fd, "open pin " + path));
        }
    }

    /// Removes a pin; it is no error if there is none.
    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("remove pin " + path + ": " + e.getMessage(), e);
        }
    }
}
