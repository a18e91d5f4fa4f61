// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The plugin itself, which container runtimes look for in a directory of the host.
public final class CniPlugin {

    static final String NAME = "culvert-cni";

    /// Where it asks if its configuration does not say.
    static final String SOCKET = "/run/culvert/cni.sock";

    private CniPlugin() {}

    /// Puts the plugin into a directory. Whoever runs it meanwhile runs the former one to its end, or this one; whoever
    /// else
    /// puts one there at the same time does not come in between.
    ///
    /// @return the file
    /// @throws IOException if it cannot be written
    public static Path install(Path directory) throws IOException {
        try (InputStream resource = CniPlugin.class.getResourceAsStream("/io/culvert/cni/" + NAME)) {
            if (resource == null) {
                throw new IOException("this build has no " + NAME);
            }
            Path next = Files.createTempFile(directory, "." + NAME + "-", ".next");
            try {
                Files.copy(resource, next, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
                return Files.move(next, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(next);
            }
        }
    }
}
