// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class MalformedObjectTest {

    private static final byte[] OBJECT = CompiledObject.of("""
            typedef unsigned int __be32;
            struct pair { __be32 left, right[3]; };
            struct list { struct list *next; struct pair pair; } list __attribute__((section(".maps")));
            volatile const int setting = 3;
            int read(struct pair *pair) { return setting + pair->left; }
            """);

    @Test
    void saysWhatIsNoElfFile() {
        assertThatThrownBy(() -> ElfFile.read("#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(MalformedObjectException.class)
                .hasMessage("offset 0x0: not a 64-bit little-endian ELF file; it is damaged or was not made by"
                        + " clang -target bpf: compile it again");
        assertThatThrownBy(() -> ElfFile.read(new byte[0]))
                .isInstanceOf(MalformedObjectException.class)
                .hasMessageContaining("needs 1 bytes, but 0 bytes are there");
    }

    @Test
    void refusesEveryTruncation() {
        for (int length = 0; length < OBJECT.length; length++) {
            byte[] truncated = Arrays.copyOf(OBJECT, length);
            assertThatThrownBy(() -> Btf.read(ElfFile.read(truncated)))
                    .as("%d of %d bytes", length, OBJECT.length)
                    .isInstanceOf(MalformedObjectException.class);
        }
    }

    @Test
    void refusesATypeThatDoesNotExist() {
        assertThatThrownBy(() -> Btf.parse(btf(typedef(2))))
                .isInstanceOfSatisfying(
                        MalformedObjectException.class,
                        e -> assertThat(e.offset()).isEqualTo(24))
                .hasMessageContaining("offset 0x18: type 1 refers to type 2 of 2");
    }

    @Test
    @Timeout(10)
    void refusesATypeThatHoldsItself() {
        assertThatThrownBy(() -> Btf.parse(btf(typedef(1)))).hasMessageContaining("holds itself");
        assertThatThrownBy(() -> Btf.parse(btf(typedef(2), typedef(1)))).hasMessageContaining("holds itself");
        assertThatThrownBy(() -> Btf.parse(btf(type(4, 1, 8, /* member */ 1, 1, 0))))
                .hasMessageContaining("holds itself");
    }

    @Test
    @Timeout(10)
    void refusesNestingWithoutBound() {
        int[][] chain = new int[100_000][];
        for (int i = 0; i < chain.length; i++) {
            chain[i] = typedef(i == 0 ? 0 : i);
        }
        assertThatThrownBy(() -> Btf.parse(btf(chain))).hasMessageContaining("more than 64 levels");
    }

    @Test
    void refusesArraysAndMembersThatDoNotFit() {
        int[] integer = type(1, 0, 4, 32);
        assertThatThrownBy(() -> Btf.parse(btf(integer, type(3, 0, 0, 1, 1, -1))))
                .hasMessageContaining("an array of");
        assertThatThrownBy(() -> Btf.parse(btf(integer, type(4, 1, 4, 1, 1, 8))))
                .hasMessageContaining("member 'a' lies outside the 4 bytes of 'a'");
        assertThatThrownBy(() -> Btf.parse(btf(type(1, 0, 4, 33)))).hasMessageContaining("an integer of 4 bytes");
    }

    /// Whatever a damaged object says, reading it and walking through the result either works or ends in the one
    /// exception.
    @Test
    @Timeout(60)
    void survivesDamage() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = damage(OBJECT, random);
            try {
                walk(Btf.read(ElfFile.read(damaged)));
            } catch (MalformedObjectException e) {
                refused++;
                assertThat(e.getMessage())
                        .as("seed %d", seed)
                        .doesNotContain("\n")
                        .startsWith("offset 0x");
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new AssertionError("seed %d, round %d".formatted(seed, round), e);
            }
        }
        assertThat(refused).as("seed %d", seed).isBetween(1_000, 19_999);
    }

    private static byte[] damage(byte[] original, RandomGenerator random) {
        byte[] damaged = original.clone();
        ByteBuffer buffer = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int at = random.nextInt(damaged.length - 8);
            switch (random.nextInt(5)) {
                case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> buffer.putInt(at & ~3, random.nextInt());
                case 2 -> buffer.putInt(at & ~3, random.nextInt(64));
                case 3 -> buffer.putLong(at & ~7, random.nextBoolean() ? Long.MAX_VALUE : -1);
                default -> System.arraycopy(original, random.nextInt(damaged.length - 8), damaged, at, 8);
            }
        }
        return damaged;
    }

    private static void walk(Btf btf) {
        for (BtfType type : btf.types()) {
            assertThat(btf.resolve(type.id())).isNotInstanceOf(BtfType.Alias.class);
            ByteOrder order = btf.byteOrder(type.id());
            assertThat(order).isNotNull();
            if (type instanceof BtfType.Composite composite) {
                assertThat(btf.size(type.id())).isNotNegative();
                composite
                        .members()
                        .forEach(member -> assertThat(member.offset()).isNotNegative());
            }
            if (type instanceof BtfType.DataSection section) {
                btf.variables(section.name())
                        .forEach(variable -> assertThat(variable.offset()).isNotNegative());
            }
        }
        assertThat(btf.mapTypes("list")).isNotNull();
    }

    private static int[] typedef(int target) {
        return type(8, 0, target);
    }

    private static int[] type(int kind, int count, int sizeOrType, int... more) {
        int[] words = new int[3 + more.length];
        words[0] = 1;
        words[1] = kind << 24 | count;
        words[2] = sizeOrType;
        System.arraycopy(more, 0, words, 3, more.length);
        return words;
    }

    /// BTF of these types, whose only name is `a` at string offset 1.
    private static byte[] btf(int[]... types) {
        var body = new ByteArrayOutputStream();
        for (int[] type : types) {
            ByteBuffer words = ByteBuffer.allocate(type.length * 4).order(ByteOrder.LITTLE_ENDIAN);
            for (int word : type) {
                words.putInt(word);
            }
            body.writeBytes(words.array());
        }
        return ByteBuffer.allocate(24 + body.size() + 3)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1 << 16 | 0xeb9f)
                .putInt(24)
                .putInt(0)
                .putInt(body.size())
                .putInt(body.size())
                .putInt(3)
                .put(body.toByteArray())
                .put(new byte[] {0, 'a', 0})
                .array();
    }
}
