// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.SystemCalls;
import java.nio.file.Path;

/// A socket program on a cgroup (version 2) and everything below it, as a link (kernel 5.7). Programs of
/// others on the same hook run too, in the order they were attached.
public final class CgroupAttachment extends LinkAttachment {

    private final String cgroup;
    private final CgroupHook hook;

    CgroupAttachment(BpfLink link, String cgroup, CgroupHook hook) {
        super(link);
        this.cgroup = cgroup;
        this.hook = hook;
    }

    /// Attaches a program.
    ///
    /// @param cgroup a directory of a cgroup2 file system
    public static CgroupAttachment attach(BpfProgram program, Path cgroup, CgroupHook hook) {
        String operation = "attach " + program.name() + " to " + describe(cgroup.toString(), hook);
        int directory = SystemCallException.check(SystemCalls.open(cgroup), operation);
        try {
            int fd = BpfLink.create(program, directory, hook.attachType(), 0);
            if (fd < 0) {
                Errno errno = Errno.ofResult(fd);
                throw errno.equals(Errno.EBADF)
                        ? SystemCallException.withRemedy(operation, errno, "name a directory of a cgroup2 file system")
                        : SystemCallException.of(operation, errno);
            }
            return new CgroupAttachment(new BpfLink(fd, null), cgroup.toString(), hook);
        } finally {
            SystemCalls.close(directory);
        }
    }

    /// Which system call the program sees.
    public CgroupHook hook() {
        return hook;
    }

    @Override
    boolean hasTarget(BpfLink.Info info) {
        return info.cgroup() != 0;
    }

    @Override
    public String describe() {
        return describe(cgroup, hook);
    }

    private static String describe(String cgroup, CgroupHook hook) {
        return hook + " of cgroup " + cgroup;
    }
}
