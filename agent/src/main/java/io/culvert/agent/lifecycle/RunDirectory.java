// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The run directory, held by one process at a time: a lock on `agent.lock`, which the kernel releases when its
/// holder dies, however it dies. `agent.pid` says who it is. One writer of maps is what everything else relies on.
public final class RunDirectory implements AutoCloseable {

    /// Locked, and never read: the kernel gives up a process' lock when it closes any descriptor of the file. It stays,
    /// so that nobody locks another file of this name.
    private static final String LOCK = "agent.lock";

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
            channel = FileChannel.open(
                    path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!tryLock(channel)) {
                throw held(path, pidFile);
            }
            Files.writeString(pidFile, ownPid(), StandardCharsets.US_ASCII);
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

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static StartException held(Path path, Path pidFile) throws IOException {
        String pid = Files.exists(pidFile)
                ? Files.readString(pidFile, StandardCharsets.US_ASCII).strip()
                : "";
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
            Files.deleteIfExists(path.resolve("hubble.sock"));
            Files.deleteIfExists(path.resolve("agent.pid"));
            Files.deleteIfExists(path.resolve(LOCK));
            try (var rest = Files.list(path)) {
                if (rest.findAny().isEmpty()) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new StartException("clear run directory " + path + ": " + reason(e) + "; remove it by hand");
        }
    }

    /// Lets others have it, and removes `agent.pid` before, if it is of this process.
    @Override
    public void close() {
        Path pidFile = path.resolve("agent.pid");
        try {
            if (Files.readString(pidFile, StandardCharsets.US_ASCII).equals(ownPid())) {
                Files.delete(pidFile);
            }
        } catch (IOException e) {
            // A file without a lock says nothing; the next agent writes it anew.
        } finally {
            closeQuietly(channel);
        }
    }
}
