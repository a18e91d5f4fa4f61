// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// Answers of Linux 6.18 to dump requests with sequence number 1, in a namespace that has: `pod0`, whose other end is
/// in another namespace; `port0` in the bridge `br0`, whose other end is `port1`; and `uplink` with static routes of
/// each sort. A blank line ends a datagram.
final class Capture {

    private Capture() {}

    static List<byte[]> datagrams(String name) {
        try (InputStream file =
                Objects.requireNonNull(Capture.class.getResourceAsStream(name + ".hex"), "no capture " + name)) {
            String text = new String(file.readAllBytes(), StandardCharsets.US_ASCII);
            return Arrays.stream(text.split("\n\n"))
                    .map(datagram -> HexFormat.of().parseHex(datagram.replace("\n", "")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the capture says about all objects of one kind.
    static <T extends NetworkObject> List<T> objects(String name, Class<T> kind) {
        var datagrams = datagrams(name).iterator();
        return new Dump<>("read " + name, kind, 1)
                .read(() -> ByteBuffer.wrap(datagrams.next()))
                .orElseThrow();
    }
}
