// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyBlock;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Blocks as levels of 16, 8 and 8 bits of IPv4 addresses: what each value of a level has where nothing longer says
/// otherwise. Single addresses are none of these, because programs look for them elsewhere, and first.
final class BlockLevels {

    private static final int V4_BITS = 96;
    private static final long V4_BELOW = 0xffff_0000_0000L;

    /// @param bits of the 32, 0 to 31
    private record Block(int network, int bits, int word) {

        /// The last address.
        int last() {
            return network | (int) (0xffff_ffffL >>> bits);
        }
    }

    private final Map<CidrPrefix, Integer> cidrs;

    /// Up to 16 bits, the shortest first.
    private final List<Block> wide = new ArrayList<>();

    /// Longer ones by their first 16 bits, the shortest first.
    private final Map<Integer, List<Block>> narrow = new HashMap<>();

    BlockLevels(Map<CidrPrefix, Integer> cidrs) {
        this.cidrs = Map.copyOf(cidrs);
        cidrs.entrySet().stream()
                .filter(entry -> isOfV4(entry.getKey()))
                .sorted(Comparator.comparingInt(entry -> entry.getKey().bits()))
                .forEach(entry -> add(block(entry.getKey(), entry.getValue())));
    }

    boolean areOf(Map<CidrPrefix, Integer> others) {
        return cidrs.equals(others);
    }

    private void add(Block block) {
        if (block.bits <= 16) {
            wide.add(block);
        } else {
            narrow.computeIfAbsent(block.network >>> 16, _ -> new ArrayList<>()).add(block);
        }
    }

    /// Whether some IPv4 address belongs to it, and others as well.
    private static boolean isOfV4(CidrPrefix prefix) {
        IpAddress address = prefix.address();
        if (prefix.bits() >= V4_BITS) {
            return address.isV4() && prefix.bits() < V4_BITS + Integer.SIZE;
        }
        return (address.high() & mask(Math.min(prefix.bits(), Long.SIZE))) == 0
                && ((address.low() ^ V4_BELOW) & mask(Math.max(prefix.bits() - Long.SIZE, 0))) == 0;
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }

    private static Block block(CidrPrefix prefix, int cidrClass) {
        int word = PolicyBlock.CLASS | cidrClass;
        return prefix.bits() < V4_BITS
                ? new Block(0, 0, word)
                : new Block((int) prefix.address().low(), prefix.bits() - V4_BITS, word);
    }

    /// Adds the first 16 bits of the IPv4 addresses of a block.
    static void mark(CidrPrefix prefix, BitSet firsts) {
        if (isOfV4(prefix)) {
            Block block = block(prefix, 0);
            firsts.set(block.network >>> 16, (block.last() >>> 16) + 1);
        }
    }

    /// How many times 256 entries are below the first level.
    int nodes() {
        return narrow.size()
                + narrow.keySet().stream()
                        .mapToInt(first -> divided(first).size())
                        .sum();
    }

    /// The word of each value of the first 16 bits, as if there were no longer blocks.
    int[] first() {
        int[] words = new int[PolicyBlock.BLOCKS];
        Arrays.fill(words, PolicyBlock.CLASS);
        wide.forEach(block -> Arrays.fill(words, block.network >>> 16, (block.last() >>> 16) + 1, block.word));
        return words;
    }

    private int first(int first) {
        int word = PolicyBlock.CLASS;
        for (Block block : wide) {
            if (block.network >>> 16 <= first && first <= block.last() >>> 16) {
                word = block.word;
            }
        }
        return word;
    }

    /// First 16 bits below which there are longer blocks.
    Set<Integer> divided() {
        return narrow.keySet();
    }

    /// Values of the next 8 bits below which there are longer blocks.
    Set<Integer> divided(int first) {
        Set<Integer> divided = new TreeSet<>();
        for (Block block : narrow.getOrDefault(first, List.of())) {
            if (block.bits > 24) {
                divided.add(block.network >>> 8 & 0xff);
            }
        }
        return divided;
    }

    /// The words of the next 8 bits, as if there were no blocks of more than 24.
    int[] second(int first) {
        int[] words = new int[PolicyBlock.ENTRIES];
        Arrays.fill(words, first(first));
        for (Block block : narrow.getOrDefault(first, List.of())) {
            if (block.bits <= 24) {
                Arrays.fill(words, block.network >>> 8 & 0xff, (block.last() >>> 8 & 0xff) + 1, block.word);
            }
        }
        return words;
    }

    /// The words of the last 8 bits.
    ///
    /// @param word what the addresses with these first 24 bits have where nothing longer says otherwise
    int[] third(int first, int second, int word) {
        int[] words = new int[PolicyBlock.ENTRIES];
        Arrays.fill(words, word);
        for (Block block : narrow.getOrDefault(first, List.of())) {
            if (block.bits > 24 && (block.network >>> 8 & 0xff) == second) {
                Arrays.fill(words, block.network & 0xff, (block.last() & 0xff) + 1, block.word);
            }
        }
        return words;
    }
}
