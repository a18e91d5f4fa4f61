// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyBlock;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The index of IPv4 blocks by levels of 16, 8 and 8 bits, which programs read in three steps at most. The trie has
/// the same blocks and is what holds: a word of 0 leads there, so that an index that nobody wrote, or that has no room
/// left, costs time and nothing else.
///
/// Each side has numbers of its own for the entries below the first level, so that one is written while programs read
/// the other.
public final class BlockTable {

    private static final int MOST_NODES = ((1 << 24) - PolicyBlock.BLOCKS) / PolicyBlock.ENTRIES;

    private final PolicyBlocks blocks;
    private final Side[] sides = {new Side(0), new Side(1)};
    /// What was asked for last: one publication asks three times for the same.
    private BlockLevels latest = new BlockLevels(Map.of());

    public BlockTable(PolicyBlocks blocks) {
        this.blocks = blocks;
    }

    /// Sees to it that there is room for an index of these; beyond what an index may have the trie serves.
    ///
    /// @param cidrs number of the class by block
    /// @throws io.culvert.maps.MapFullException if the map cannot grow; nothing has changed then
    public void ensure(Map<CidrPrefix, Integer> cidrs) {
        if (!cidrs.equals(sides[0].present) || !cidrs.equals(sides[1].present)) {
            blocks.ensure(at(Math.min(MOST_NODES, levels(cidrs).nodes())));
        }
    }

    /// Makes the index of a side that no program reads that of these blocks.
    ///
    /// @param cidrs number of the class by block
    public void write(int side, Map<CidrPrefix, Integer> cidrs) {
        sides[side].write(cidrs);
    }

    private BlockLevels levels(Map<CidrPrefix, Integer> cidrs) {
        if (!latest.areOf(cidrs)) {
            latest = new BlockLevels(cidrs);
        }
        return latest;
    }

    private static int at(int node) {
        return PolicyBlock.BLOCKS + node * PolicyBlock.ENTRIES;
    }

    private final class Side {

        private final int side;
        private final BitSet used = new BitSet();
        /// By the first 16 bits of addresses.
        private final Map<Integer, BitSet> nodes = new HashMap<>();
        /// What the index is of; null: not known, everything is written.
        private @Nullable Map<CidrPrefix, Integer> present;

        Side(int side) {
            this.side = side;
        }

        void write(Map<CidrPrefix, Integer> cidrs) {
            if (cidrs.equals(present)) {
                return;
            }
            BitSet changed = changed(present, cidrs);
            release(changed);
            write(levels(cidrs), changed);
            present = Map.copyOf(cidrs);
        }

        /// First 16 bits of addresses that may be of another class than before; all if that is not known.
        private static BitSet changed(@Nullable Map<CidrPrefix, Integer> before, Map<CidrPrefix, Integer> now) {
            BitSet changed = new BitSet(PolicyBlock.BLOCKS);
            if (before == null) {
                changed.set(0, PolicyBlock.BLOCKS);
                return changed;
            }
            before.forEach((prefix, cidrClass) -> {
                if (!cidrClass.equals(now.get(prefix))) {
                    BlockLevels.mark(prefix, changed);
                }
            });
            now.forEach((prefix, cidrClass) -> {
                if (!Objects.equals(cidrClass, before.get(prefix))) {
                    BlockLevels.mark(prefix, changed);
                }
            });
            return changed;
        }

        private void write(BlockLevels levels, BitSet changed) {
            int[] words = levels.first();
            levels.divided().stream().filter(changed::get).forEach(first -> words[first] = divided(levels, first));
            for (int from = changed.nextSetBit(0); from >= 0; ) {
                int to = changed.nextClearBit(from);
                blocks.write(side, from, Arrays.copyOfRange(words, from, to));
                from = changed.nextSetBit(to);
            }
        }

        private void release(BitSet changed) {
            nodes.forEach((first, present) -> {
                if (changed.get(first)) {
                    used.andNot(present);
                }
            });
            nodes.keySet().removeIf(changed::get);
        }

        /// The word of addresses with these first 16 bits, with all that is below it written.
        private int divided(BlockLevels levels, int first) {
            int[] words = levels.second(first);
            for (int second : levels.divided(first)) {
                words[second] = node(first, levels.third(first, second, words[second]));
            }
            return node(first, words);
        }

        /// Where it is written; 0 if there is no room.
        private int node(int first, int[] words) {
            int node = used.nextClearBit(0);
            if (at(node + 1) > blocks.size()) {
                return 0;
            }
            used.set(node);
            nodes.computeIfAbsent(first, _ -> new BitSet()).set(node);
            blocks.write(side, at(node), words);
            return at(node);
        }
    }
}
