// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A window of little-endian bytes in which no read leaves the window.
final class Bytes {

    private final ByteBuffer content;

    /// Where the window starts in the whole input, for messages.
    private final long base;

    private Bytes(ByteBuffer content, long base) {
        this.content = content;
        this.base = base;
    }

    static Bytes of(byte[] content) {
        return new Bytes(ByteBuffer.wrap(content).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN), 0);
    }

    long length() {
        return content.limit();
    }

    /// The part `[offset, offset + length)` of this window; both are as unsigned as the input wrote them.
    Bytes part(long offset, long length, String what) {
        require(offset, length, what);
        return new Bytes(content.slice((int) offset, (int) length).order(ByteOrder.LITTLE_ENDIAN), base + offset);
    }

    int u8(long offset, String what) {
        require(offset, 1, what);
        return content.get((int) offset) & 0xff;
    }

    int u16(long offset, String what) {
        require(offset, 2, what);
        return content.getShort((int) offset) & 0xffff;
    }

    long u32(long offset, String what) {
        return Integer.toUnsignedLong(s32(offset, what));
    }

    int s32(long offset, String what) {
        require(offset, 4, what);
        return content.getInt((int) offset);
    }

    /// A size or offset of the file; one that does not fit a positive long is malformed.
    long u63(long offset, String what) {
        require(offset, 8, what);
        long value = content.getLong((int) offset);
        if (value < 0) {
            throw malformed(offset, what + " is " + Long.toUnsignedString(value) + ", which no file has");
        }
        return value;
    }

    /// The NUL-terminated name at `offset`. Only printable ASCII is accepted, so that a name can be shown anywhere.
    String name(long offset, String what) {
        require(offset, 1, what);
        int end = (int) offset;
        while (end < content.limit() && content.get(end) != 0) {
            if (content.get(end) < 0x20 || content.get(end) > 0x7e) {
                throw malformed(end, what + " has a byte that is not printable ASCII");
            }
            end++;
        }
        if (end == content.limit()) {
            throw malformed(offset, what + " does not end");
        }
        byte[] text = new byte[end - (int) offset];
        content.get((int) offset, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    /// These bytes, read-only and little-endian.
    ByteBuffer buffer() {
        return content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    MalformedObjectException malformed(long offset, String problem) {
        return new MalformedObjectException(base + offset, problem);
    }

    private void require(long offset, long length, String what) {
        if (offset < 0 || length < 0 || offset > content.limit() || length > content.limit() - offset) {
            throw malformed(
                    offset, "%s needs %d bytes, but %d bytes are there".formatted(what, length, content.limit()));
        }
    }
}
