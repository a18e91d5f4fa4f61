// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// Asks the kernel about the object behind a descriptor.
final class KernelInfo {

    private KernelInfo() {}

    /// What a descriptor refers to.
    enum Kind {
        PROGRAM("bpf-prog"),
        MAP("bpf-map"),
        LINK("bpf-link"),
        OTHER("");

        private final String inode;

        Kind(String inode) {
            this.inode = inode;
        }
    }

    /// The information of this layout; fields that the kernel is too old to have are zero.
    static CStruct read(Arena arena, int fd, StructLayout layout, String object) {
        return fill(arena, fd, CStruct.allocate(arena, layout), object);
    }

    /// The same, where the caller says in `info` what to write where.
    static CStruct fill(Arena arena, int fd, CStruct info, String object) {
        MemorySegment length = arena.allocateFrom(JAVA_INT, (int) info.memory().byteSize());
        SystemCallException.check(LibbpfLinks.info(fd, info.memory(), length), "read information on " + object);
        return info;
    }

    /// The kernel names the inode of a descriptor by what it is: `anon_inode:bpf-map`. A link is called `bpf_link`
    /// where it was created and `bpf-link` where it was opened.
    static Kind kind(int fd) {
        try {
            String inode = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(fd)))
                    .toString()
                    .replace("bpf_link", "bpf-link");
            for (Kind kind : Kind.values()) {
                if (kind != Kind.OTHER && inode.equals("anon_inode:" + kind.inode)) {
                    return kind;
                }
            }
            return Kind.OTHER;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
