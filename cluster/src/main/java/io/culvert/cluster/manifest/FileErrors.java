// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Why a file cannot be read, in a few words: the JDK's exceptions often say only the path.
final class FileErrors {

    private FileErrors() {}

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file or directory (ENOENT)";
            case AccessDeniedException _ -> "permission denied (EACCES)";
            case NotDirectoryException _ -> "not a directory (ENOTDIR)";
            case CharacterCodingException _ -> "it is not UTF-8 text";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
