// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// The kernel, or libbpf before it asked the kernel, refused.
public final class SystemCallException extends BpfException {

    private final Errno errno;

    private SystemCallException(String message, Errno errno) {
        super(message);
        this.errno = errno;
    }

    /// `operation object: Reason (ERRNO); remedy`, the last part where one is known.
    public static SystemCallException of(String operation, Errno errno) {
        return withRemedy(operation, errno, Remedy.of(errno));
    }

    static SystemCallException withRemedy(String operation, Errno errno, String remedy) {
        return new SystemCallException(operation + ": " + errno + (remedy.isEmpty() ? "" : "; " + remedy), errno);
    }

    /// Turns what an int-returning libbpf function gave into its value, or throws.
    static int check(int result, String operation) {
        if (result < 0) {
            throw of(operation, Errno.ofResult(result));
        }
        return result;
    }

    /// Why.
    public Errno errno() {
        return errno;
    }

    /// Whether this was the reason.
    public boolean is(Errno reason) {
        return errno.equals(reason);
    }
}
