// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Lines in files of bounded size: `path` is the newest, then `path.1`, `path.2`, ... A line is written whole or not at
/// all. Only root can read them.
final class RotatingFile implements AutoCloseable {

    private final Path path;
    private final long maxBytes;
    private final int backups;
    private final boolean compress;
    private @Nullable FileChannel channel;
    private long size;

    RotatingFile(Path path, long maxBytes, int backups, boolean compress) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.backups = backups;
        this.compress = compress;
    }

    /// @param line with its end
    /// @throws IOException if there is no room for it; it may be tried again
    void write(byte[] line) throws IOException {
        FileChannel file = channel == null ? open() : channel;
        if (size > 0 && size + line.length > maxBytes) {
            file = rotate();
        }
        ByteBuffer rest = ByteBuffer.wrap(line);
        try {
            while (rest.hasRemaining()) {
                int _ = file.write(rest);
            }
            size += line.length;
        } finally {
            if (rest.hasRemaining()) {
                file.truncate(size);
            }
        }
    }

    private FileChannel open() throws IOException {
        Set<StandardOpenOption> options =
                EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        FileChannel file = FileChannel.open(
                path, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        channel = file;
        size = file.size();
        return file;
    }

    /// Whatever of this fails is tried again with the next line.
    private FileChannel rotate() throws IOException {
        close();
        for (int number = backups; number > 1; number--) {
            moveIfThere(backup(number - 1, false), backup(number, false));
            moveIfThere(backup(number - 1, true), backup(number, true));
        }
        if (backups == 0) {
            Files.deleteIfExists(path);
        } else if (compress) {
            compress(path, backup(1, true));
        } else {
            Files.move(path, backup(1, false), StandardCopyOption.REPLACE_EXISTING);
        }
        return open();
    }

    private Path backup(int number, boolean compressed) {
        return path.resolveSibling(path.getFileName() + "." + number + (compressed ? ".gz" : ""));
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /// Where there is no room for the compressed file, the lines of this one are given up, so that the next have room.
    private static void compress(Path from, Path to) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
            Files.copy(from, out);
        } catch (IOException e) {
            Files.deleteIfExists(to);
            throw e;
        } finally {
            Files.deleteIfExists(from);
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel file = channel;
        channel = null;
        if (file != null) {
            file.close();
        }
    }
}
