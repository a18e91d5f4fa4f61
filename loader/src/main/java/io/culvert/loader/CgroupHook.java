// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.Arrays;
import java.util.Optional;

/// Socket system calls of the processes of a cgroup, and what becomes of their TCP connections, with the numbers of
/// `enum bpf_attach_type` (linux/bpf.h). The name is that of the section, `SEC("cgroup/connect4")`, but for
/// `SEC("sockops")` and `SEC("cgroup/sock_release")`.
public enum CgroupHook {
    SOCK_OPS(3, "ops"),
    CONNECT4(10, "connect4"),
    CONNECT6(11, "connect6"),
    POST_BIND4(12, "post_bind4"),
    POST_BIND6(13, "post_bind6"),
    SENDMSG4(14, "sendmsg4"),
    SENDMSG6(15, "sendmsg6"),
    RECVMSG4(19, "recvmsg4"),
    RECVMSG6(20, "recvmsg6"),
    GETPEERNAME4(29, "getpeername4"),
    GETPEERNAME6(30, "getpeername6"),
    SOCK_RELEASE(34, "release");

    private final int attachType;
    private final String section;

    CgroupHook(int attachType, String section) {
        this.attachType = attachType;
        this.section = section;
    }

    int attachType() {
        return attachType;
    }

    static Optional<CgroupHook> ofAttachType(int attachType) {
        return Arrays.stream(values())
                .filter(hook -> hook.attachType == attachType)
                .findFirst();
    }

    /// For example `connect4`.
    @Override
    public String toString() {
        return section;
    }
}
