// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class DumpTest {

    private static final byte[] ADDRESS = message(20, 2, 1, 2, 8, 0, 0, 1, 0, 0, 0, 8, 0, 1, 0, 127, 0, 0, 1);
    private static final byte[] DONE = message(3, 2, 1, 0, 0, 0, 0);

    @Test
    void endsAtTheEndMark() {
        assertThat(read(1, ADDRESS, ADDRESS, DONE))
                .hasValueSatisfying(all -> assertThat(all).hasSize(2));
        assertThat(read(1, DONE)).contains(List.of());
    }

    @Test
    void isRepeatedIfAnythingChangedMeanwhile() {
        byte[] interrupted = ADDRESS.clone();
        interrupted[6] |= 0x10;
        assertThat(read(1, interrupted, DONE)).isEmpty();
        assertThat(read(1, ADDRESS, message(3, 0x12, 1, 0, 0, 0, 0))).isEmpty();
    }

    @Test
    void passesOverLateAnswersToAnEarlierRequest() {
        assertThat(read(2, ADDRESS, DONE, message(3, 2, 2, 0, 0, 0, 0))).contains(List.of());
    }

    @Test
    void saysWhyTheKernelRefused() {
        assertThatThrownBy(() -> read(1, message(2, 0, 1, 0xff, 0xff, 0xff, 0xff)))
                .isInstanceOf(NetlinkException.class)
                .hasMessage("list addresses: Operation not permitted (EPERM); run as root or with CAP_NET_ADMIN");
        assertThatThrownBy(() -> read(1, ADDRESS, message(3, 2, 1, 0xf4, 0xff, 0xff, 0xff)))
                .hasMessageStartingWith("list addresses: Cannot allocate memory (ENOMEM)");
    }

    @Test
    void refusesMessagesThatContradictThemselves() {
        assertThatThrownBy(() -> read(1, new byte[15]))
                .isInstanceOf(NetlinkException.class)
                .hasMessage("read a netlink message: offset 0: a message of 0 bytes");
        assertThatThrownBy(() -> read(1, Arrays.copyOf(ADDRESS, ADDRESS.length - 1)))
                .hasMessage("read a netlink message: offset 0: a message needs 32 bytes, but 31 are there");
        byte[] longAttribute = ADDRESS.clone();
        longAttribute[24] = 9;
        assertThatThrownBy(() -> read(1, longAttribute))
                .hasMessage("read a netlink message: offset 28: attribute 1 needs 5 bytes, but 4 are there");
    }

    @Test
    @Timeout(60)
    void survivesDamage() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int refused = 0;
        for (String name : List.of("links", "addresses", "routes", "neighbours")) {
            byte[] original = Capture.datagrams(name).getFirst();
            for (int round = 0; round < 10_000; round++) {
                byte[] damaged = original.clone();
                ByteBuffer buffer = ByteBuffer.wrap(damaged).order(ByteOrder.nativeOrder());
                for (int i = random.nextInt(1, 4); i > 0; i--) {
                    int at = random.nextInt(damaged.length - 4);
                    switch (random.nextInt(3)) {
                        case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                        case 1 -> buffer.putShort(at & ~1, (short) random.nextInt(16));
                        default -> buffer.putInt(at & ~3, random.nextInt());
                    }
                }
                refused += survives(buffer, seed);
            }
        }
        assertThat(refused).as("seed %d", seed).isBetween(1_000, 39_000);
    }

    private static int survives(ByteBuffer damaged, long seed) {
        try {
            for (NetlinkMessage message : NetlinkMessage.split(damaged)) {
                Optional<NetworkChange> change = ObjectMessages.parse(message);
                assertThat(change).isNotNull();
            }
            return 0;
        } catch (NetlinkException e) {
            return 1;
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /// All messages in one datagram.
    private static Optional<List<InterfaceAddress>> read(int sequence, byte[]... messages) {
        var datagram = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            datagram.writeBytes(message);
        }
        return new Dump<>("list addresses", InterfaceAddress.class, sequence)
                .read(() -> ByteBuffer.wrap(datagram.toByteArray()));
    }

    private static byte[] message(int type, int flags, int sequence, int... payload) {
        ByteBuffer message = ByteBuffer.allocate(16 + payload.length)
                .order(ByteOrder.nativeOrder())
                .putInt(16 + payload.length)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .putInt(0);
        for (int value : payload) {
            message.put((byte) value);
        }
        return message.array();
    }
}
