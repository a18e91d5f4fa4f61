// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory of a BPF file system that keeps maps and links while no agent runs.
///
/// @param root for example `/sys/fs/bpf/culvert`
public record PinDirectory(Path root) {

    static final String MOUNT_REMEDY = "mount a BPF file system there: mount -t bpf bpf /sys/fs/bpf";

    /// `BPF_FS_MAGIC` of linux/magic.h
    private static final long BPF_FS_MAGIC = 0xcafe4a11L;

    /// Makes the directory and its sub-directories where they are missing.
    ///
    /// @throws InvalidObjectException if it is not on a BPF file system; the message says how to mount one
    public static PinDirectory open(Path root) {
        PinDirectory directory = existing(root);
        try {
            Files.createDirectories(directory.maps());
            Files.createDirectories(directory.links());
        } catch (IOException e) {
            throw new InvalidObjectException("create pin directory " + root + ": " + e.getMessage());
        }
        return directory;
    }

    /// The directory as it is: nothing is made, so that a reader leaves no trace.
    ///
    /// @throws InvalidObjectException if it is not, or would not be, on a BPF file system
    public static PinDirectory existing(Path root) {
        Path present = root.toAbsolutePath();
        while (!Files.exists(present) && present.getParent() != null) {
            present = present.getParent();
        }
        if (!isBpfFileSystem(present)) {
            throw new InvalidObjectException(
                    "open pin directory " + root + ": not on a BPF file system; " + MOUNT_REMEDY);
        }
        return new PinDirectory(root);
    }

    static boolean isBpfFileSystem(@Nullable Path existing) {
        return existing != null && Libc.fileSystemType(existing) == BPF_FS_MAGIC;
    }

    /// Where maps are pinned, by their names.
    public Path maps() {
        return root.resolve("maps");
    }

    /// Where attachments are pinned.
    public Path links() {
        return root.resolve("links");
    }

    /// The path of a map; the kernel forbids dots in names of pins.
    public Path map(String name) {
        return maps().resolve(name.replace('.', '_'));
    }

    /// The path of an attachment.
    public Path link(String name) {
        return links().resolve(name.replace('.', '_'));
    }

    /// The pinned map of this name; empty if there is none.
    public Optional<BpfMap> openMap(String name) {
        return BpfMap.openPinned(map(name));
    }

    /// The paths of all pinned attachments, sorted.
    public List<Path> pinnedLinks() {
        return list(links());
    }

    /// The paths of all pinned maps, sorted.
    public List<Path> pinnedMaps() {
        return list(maps());
    }

    private static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new InvalidObjectException("list pins in " + directory + ": " + e.getMessage());
        }
    }

    /// Removes the directory and all pins in it. Links that nobody else holds are detached by that, maps
    /// freed; [ClsactAttachment]s are not, so detach what [#pinnedLinks()] lists first.
    public void remove() {
        if (!Files.isDirectory(root)) {
            return;
        }
        try {
            Files.walkFileTree(root, new Remover());
        } catch (IOException e) {
            throw new InvalidObjectException("remove pin directory " + root + ": " + e.getMessage());
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
