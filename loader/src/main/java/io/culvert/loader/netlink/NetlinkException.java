// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.loader.Errno;
import java.util.Optional;

/// rtnetlink refused, or sent what cannot be read. The message is one line: operation, reason, remedy where there is
/// one.
public final class NetlinkException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Optional<Errno> errno;

    private NetlinkException(String message, Optional<Errno> errno) {
        super(message);
        this.errno = errno;
    }

    static NetlinkException of(String operation, Errno errno) {
        return new NetlinkException(operation + ": " + errno + remedy(errno), Optional.of(errno));
    }

    static NetlinkException of(String operation, String reason) {
        return new NetlinkException(operation + ": " + reason, Optional.empty());
    }

    static NetlinkException malformed(long offset, String problem) {
        return of("read a netlink message", "offset %d: %s".formatted(offset, problem));
    }

    /// The kernel's reason, where it gave one.
    public Optional<Errno> errno() {
        return errno;
    }

    private static String remedy(Errno errno) {
        return switch (errno.name()) {
            case "EPERM", "EACCES" -> "; run as root or with CAP_NET_ADMIN";
            case "EMFILE" -> "; raise the limit of open files (ulimit -n)";
            default -> "";
        };
    }
}
