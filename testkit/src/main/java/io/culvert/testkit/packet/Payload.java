// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import org.jspecify.annotations.Nullable;

/// Bytes that are not looked into.
final class Payload implements Layer {

    /// "No Next Header" of IPv6, which IPv4 assigns to nothing that we translate.
    static final int NUMBER = 59;

    private final byte[] bytes;

    Payload(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    @Override
    public int number(@Nullable Ends ends) {
        return NUMBER;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        if (rest.length != 0) {
            throw new IllegalStateException("nothing comes after the payload");
        }
        return bytes.clone();
    }
}
