// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A kernel error by number, name and description, as in errno(3).
///
/// Only the errors that bpf(2), netlink and mmap(2) are known to give have names; another number is shown as `errno N`.
/// The numbers are those of x86-64 and arm64, which agree.
public record Errno(int number, String name, String description) {

    public static final Errno EPERM = new Errno(1, "EPERM", "Operation not permitted");
    public static final Errno ENOENT = new Errno(2, "ENOENT", "No such file or directory");
    public static final Errno EBADF = new Errno(9, "EBADF", "Bad file descriptor");
    public static final Errno EAGAIN = new Errno(11, "EAGAIN", "Resource temporarily unavailable");
    public static final Errno ENOMEM = new Errno(12, "ENOMEM", "Cannot allocate memory");
    public static final Errno EACCES = new Errno(13, "EACCES", "Permission denied");
    public static final Errno EBUSY = new Errno(16, "EBUSY", "Device or resource busy");
    public static final Errno EEXIST = new Errno(17, "EEXIST", "File exists");
    public static final Errno ENODEV = new Errno(19, "ENODEV", "No such device");
    public static final Errno EINVAL = new Errno(22, "EINVAL", "Invalid argument");
    public static final Errno ENOSPC = new Errno(28, "ENOSPC", "No space left on device");
    public static final Errno E2BIG = new Errno(7, "E2BIG", "Argument list too long");
    public static final Errno ENOLINK = new Errno(67, "ENOLINK", "Link has been severed");
    public static final Errno EOPNOTSUPP = new Errno(95, "EOPNOTSUPP", "Operation not supported");
    /// Not in errno(3): the kernel's own number, which bpf(2) lets through.
    public static final Errno ENOTSUPP = new Errno(524, "ENOTSUPP", "Operation not supported");

    private static final Map<Integer, Errno> KNOWN = Stream.of(
                    EPERM,
                    ENOENT,
                    EBADF,
                    EAGAIN,
                    ENOMEM,
                    EACCES,
                    EBUSY,
                    EEXIST,
                    ENODEV,
                    EINVAL,
                    ENOSPC,
                    E2BIG,
                    ENOLINK,
                    EOPNOTSUPP,
                    ENOTSUPP,
                    new Errno(3, "ESRCH", "No such process"),
                    new Errno(4, "EINTR", "Interrupted system call"),
                    new Errno(5, "EIO", "Input/output error"),
                    new Errno(6, "ENXIO", "No such device or address"),
                    new Errno(8, "ENOEXEC", "Exec format error"),
                    new Errno(14, "EFAULT", "Bad address"),
                    new Errno(18, "EXDEV", "Invalid cross-device link"),
                    new Errno(20, "ENOTDIR", "Not a directory"),
                    new Errno(21, "EISDIR", "Is a directory"),
                    new Errno(23, "ENFILE", "Too many open files in system"),
                    new Errno(24, "EMFILE", "Too many open files"),
                    new Errno(30, "EROFS", "Read-only file system"),
                    new Errno(34, "ERANGE", "Numerical result out of range"),
                    new Errno(36, "ENAMETOOLONG", "File name too long"),
                    new Errno(38, "ENOSYS", "Function not implemented"),
                    new Errno(39, "ENOTEMPTY", "Directory not empty"),
                    new Errno(40, "ELOOP", "Too many levels of symbolic links"),
                    new Errno(61, "ENODATA", "No data available"),
                    new Errno(71, "EPROTO", "Protocol error"),
                    new Errno(75, "EOVERFLOW", "Value too large for defined data type"),
                    new Errno(93, "EPROTONOSUPPORT", "Protocol not supported"),
                    new Errno(97, "EAFNOSUPPORT", "Address family not supported by protocol"),
                    new Errno(105, "ENOBUFS", "No buffer space available"),
                    new Errno(110, "ETIMEDOUT", "Connection timed out"),
                    new Errno(111, "ECONNREFUSED", "Connection refused"),
                    new Errno(116, "ESTALE", "Stale file handle"),
                    // libbpf's own, which begin at 4000 (bpf/libbpf.h, enum libbpf_errno)
                    new Errno(4000, "LIBBPF_ELIBELF", "not an ELF file"),
                    new Errno(4001, "LIBBPF_EFORMAT", "not a BPF object"),
                    new Errno(4003, "LIBBPF_EENDIAN", "object of the other byte order"))
            .collect(Collectors.toUnmodifiableMap(Errno::number, Function.identity()));

    /// The error of this positive number.
    public static Errno of(int number) {
        return Optional.ofNullable(KNOWN.get(number))
                .orElseGet(() -> new Errno(number, "errno " + number, "Unknown error"));
    }

    /// The error in what a libbpf function returned: libbpf 1.0 and newer return the negative number itself.
    static Errno ofResult(int result) {
        return of(-result);
    }

    /// For example `Operation not permitted (EPERM)`.
    @Override
    public String toString() {
        return description + " (" + name + ")";
    }
}
