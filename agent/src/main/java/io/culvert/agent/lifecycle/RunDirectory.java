// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The run directory, held by one process at a time: a lock on `agent.pid`, which the kernel releases when its holder
/// dies, however it dies. One writer of maps is what everything else relies on.
public final class RunDirectory implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private RunDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Makes the directory where it is missing, for its owner alone, and locks it.
    ///
    /// @throws StartException if another process holds it, or it cannot be made
    public static RunDirectory lock(Path path) {
        Path pidFile = path.resolve("agent.pid");
        FileChannel channel = null;
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            do {
                closeQuietly(channel);
                channel = FileChannel.open(
                        pidFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                if (!tryLock(channel)) {
                    throw held(path, channel);
                }
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(ownPid().getBytes(StandardCharsets.US_ASCII)));
                // Whoever had it may have removed the file since it was opened.
            } while (!isOurs(pidFile));
            RunDirectory directory = new RunDirectory(path, channel);
            channel = null;
            return directory;
        } catch (IOException e) {
            throw new StartException(
                    "use run directory " + path + ": " + reason(e) + "; run it as root, or choose another --run-dir");
        } finally {
            closeQuietly(channel);
        }
    }

    private static String ownPid() {
        return ProcessHandle.current().pid() + "\n";
    }

    /// Whether the file of this name is the one that this process has locked: only who has the lock writes its number.
    private static boolean isOurs(Path pidFile) {
        try {
            return Files.readString(pidFile, StandardCharsets.US_ASCII).equals(ownPid());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static StartException held(Path path, FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        String holder = pid.isEmpty() ? "another process" : "process " + pid;
        return new StartException("lock run directory " + path + ": " + holder
                + " holds it; stop that agent first, or choose another --run-dir and --bpffs");
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "Permission denied (EACCES)" : e.toString();
    }

    private static void closeQuietly(@org.jspecify.annotations.Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing depends on it: the descriptor is gone either way.
        }
    }

    public Path path() {
        return path;
    }

    /// Removes what agents left in it. The directory itself stays if there is something else.
    public void clear() {
        try {
            Files.deleteIfExists(path.resolve("agent.sock"));
            Files.deleteIfExists(path.resolve("agent.pid"));
            try (var rest = Files.list(path)) {
                if (rest.findAny().isEmpty()) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new StartException("clear run directory " + path + ": " + reason(e) + "; remove it by hand");
        }
    }

    /// Lets others have it, and removes `agent.pid`. That is done before the lock is given up, by its holder alone:
    /// otherwise two processes could lock different files of one name.
    @Override
    public void close() {
        Path pidFile = path.resolve("agent.pid");
        try {
            if (isOurs(pidFile)) {
                Files.deleteIfExists(pidFile);
            }
        } catch (IOException e) {
            // A file without a lock says nothing; the next agent writes it anew.
        } finally {
            closeQuietly(channel);
        }
    }
}
