// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// What an operator can do about a kernel error, wherever it came from.
final class Remedy {

    private Remedy() {}

    /// Empty where nothing general can be said.
    static String of(Errno errno) {
        return switch (errno.name()) {
            case "EPERM" ->
                "needs CAP_BPF and CAP_NET_ADMIN (run as root); if it has them, raise the locked-memory limit (ulimit -l)";
            case "ENOMEM" -> "raise the memory limit of the cgroup this process runs in, or ask for smaller maps";
            case "ENODEV" -> "the interface does not exist in this network namespace";
            case "ENOLINK" -> "its interface or cgroup is gone; detach it and attach anew";
            case "EMFILE" -> "raise the limit of open files (ulimit -n)";
            default -> "";
        };
    }
}
