// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A BPF link: the kernel's own notion of an attachment, owned by whoever holds its descriptor or its pin.
/// What tcx, XDP and cgroup attachments have in common.
final class BpfLink implements AutoCloseable {

    /// `enum bpf_link_type` of linux/bpf.h
    static final int TYPE_CGROUP = 3;

    static final int TYPE_XDP = 6;
    static final int TYPE_TCX = 11;

    private final int fd;
    private @Nullable Path pin;
    private boolean open = true;

    /// @param pin where it was found, if it is adopted
    BpfLink(int fd, @Nullable Path pin) {
        this.fd = fd;
        this.pin = pin;
    }

    /// What the kernel knows about a link.
    ///
    /// @param ifindex of tcx and XDP: 0 when the interface is gone
    /// @param cgroup of cgroup links: the cgroup's id, which is its inode number; 0 when it is gone
    /// @param attachType of tcx and cgroup links
    record Info(int type, int programId, int ifindex, long cgroup, int attachType) {}

    /// The negative errno, or a descriptor for the caller to wrap.
    static int create(BpfProgram program, int target, int attachType, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct options = CStruct.allocate(arena, CStruct.LINK_CREATE_OPTS).set("flags", flags);
            return LibbpfLinks.create(program.fd(), target, attachType, options.memory());
        }
    }

    Info info() {
        return info(fd);
    }

    static Info info(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct info = KernelInfo.read(arena, fd, CStruct.LINK_INFO, "link");
            int type = info.getInt("type");
            long union = info.offset("cgroup.cgroup_id");
            return new Info(
                    type,
                    info.getInt("prog_id"),
                    info.memory().get(JAVA_INT, union),
                    info.getLong("cgroup.cgroup_id"),
                    type == TYPE_TCX
                            ? info.memory().get(JAVA_INT, union + Integer.BYTES)
                            : info.getInt("cgroup.attach_type"));
        }
    }

    void replace(BpfProgram program, String attachment) {
        SystemCallException.check(
                LibbpfLinks.update(fd, program.fd(), MemorySegment.NULL),
                "replace the program of " + attachment + " by " + program.name());
    }

    void pin(Path path, String attachment) {
        Pins.pin(fd, path, attachment);
        pin = path;
    }

    Optional<Path> pinnedAt() {
        return Optional.ofNullable(pin);
    }

    /// A link whose target is gone refuses to be detached again, which is what was wanted.
    void detach(String attachment) {
        int result = LibbpfLinks.detach(fd);
        if (result < 0 && !Errno.ofResult(result).equals(Errno.ENOLINK)) {
            throw SystemCallException.of("detach " + attachment, Errno.ofResult(result));
        }
        pinnedAt().ifPresent(Pins::remove);
        close();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            SystemCalls.close(fd);
        }
    }
}
