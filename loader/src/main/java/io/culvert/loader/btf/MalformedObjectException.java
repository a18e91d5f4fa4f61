// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

/// An object file, or BTF, that contradicts itself. The message is one line that names the offset in the bytes that
/// were read; it does not name the file, which the caller knows.
public final class MalformedObjectException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long offset;

    MalformedObjectException(long offset, String problem) {
        super("offset 0x%x: %s; it is damaged or was not made by clang -target bpf: compile it again"
                .formatted(offset, problem));
        this.offset = offset;
    }

    /// Where the contradiction was found, in bytes from the start of what was read.
    public long offset() {
        return offset;
    }
}
