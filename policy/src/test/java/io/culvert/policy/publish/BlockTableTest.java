// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.PolicyBlock;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The index answers what the longest block says, in as many steps as there are levels. `-Dblocks.seed=N` plays one
/// history again.
final class BlockTableTest {

    private static final int HISTORIES = Integer.getInteger("blocks.histories", 40);
    private static final IpAddress NOWHERE = IpAddress.parse("::").orElseThrow();

    @Test
    void randomHistoriesAnswerAsTheLongestBlockDoes() {
        long given = Long.getLong("blocks.seed", System.nanoTime());
        System.out.println("BlockTableTest: -Dblocks.seed=" + given);
        for (long seed = given; seed < given + HISTORIES; seed++) {
            play(seed);
        }
    }

    private static void play(long seed) {
        Random random = new Random(seed);
        Memory memory = new Memory();
        BlockTable table = new BlockTable(memory);
        Map<CidrPrefix, Integer> cidrs = new HashMap<>();
        for (int step = 0; step < 12; step++) {
            change(cidrs, random);
            int side = random.nextInt(2);
            table.ensure(cidrs);
            table.write(side, cidrs);
            for (int address : addresses(cidrs, random)) {
                assertThat(memory.find(side, address))
                        .as("seed %d, step %d, %s", seed, step, IpAddress.ofV4(address))
                        .isEqualTo(PolicyBlock.CLASS | longest(cidrs, address));
            }
        }
        table.ensure(Map.of());
        table.write(0, Map.of());
        table.write(1, Map.of());
        assertThat(memory.words[0]).startsWith(PolicyBlock.CLASS).hasSize(memory.size());
        assertThat(Arrays.stream(memory.words[0]).limit(PolicyBlock.BLOCKS)).containsOnly(PolicyBlock.CLASS);
    }

    private static void change(Map<CidrPrefix, Integer> cidrs, Random random) {
        List<CidrPrefix> present = new ArrayList<>(cidrs.keySet());
        present.forEach(prefix -> {
            if (random.nextInt(4) == 0) {
                cidrs.remove(prefix);
            }
        });
        for (int i = 0; i < 20; i++) {
            int bits = random.nextInt(8) == 0 ? random.nextInt(17) : 17 + random.nextInt(16);
            int near = random.nextInt(1 << 4) << 16 | random.nextInt(1 << 16);
            int network = bits == 0 ? 0 : (10 << 24 | near) & (int) (0xffff_ffffL << (32 - bits));
            cidrs.put(new CidrPrefix(IpAddress.ofV4(network), 96 + bits), random.nextInt(9));
        }
        if (random.nextBoolean()) {
            cidrs.put(new CidrPrefix(NOWHERE, 0), 1 + random.nextInt(9));
            cidrs.put(new CidrPrefix(IpAddress.parse("2001:db8::").orElseThrow(), 32), 3);
        }
    }

    /// Ends of blocks, what is beside them, and any.
    private static List<Integer> addresses(Map<CidrPrefix, Integer> cidrs, Random random) {
        List<Integer> addresses = new ArrayList<>();
        cidrs.keySet().stream().filter(prefix -> prefix.address().isV4()).forEach(prefix -> {
            int first = (int) prefix.address().low();
            int last = first | (int) (0xffff_ffffL >>> (prefix.bits() - 96));
            addresses.addAll(List.of(first, last, first - 1, last + 1));
        });
        for (int i = 0; i < 100; i++) {
            addresses.add(random.nextInt());
        }
        addresses.removeIf(address -> cidrs.containsKey(new CidrPrefix(IpAddress.ofV4(address), 128)));
        return addresses;
    }

    private static int longest(Map<CidrPrefix, Integer> cidrs, int address) {
        int bits = -1;
        int found = 0;
        for (Map.Entry<CidrPrefix, Integer> entry : cidrs.entrySet()) {
            CidrPrefix prefix = entry.getKey();
            boolean covers = prefix.bits() == 0 || coversV4(prefix, address);
            if (covers && prefix.bits() > bits) {
                bits = prefix.bits();
                found = entry.getValue();
            }
        }
        return found;
    }

    private static boolean coversV4(CidrPrefix prefix, int address) {
        int differs = (int) prefix.address().low() ^ address;
        return prefix.address().isV4() && (prefix.bits() == 96 || differs >>> (128 - prefix.bits()) == 0);
    }

    @Test
    void whatFindsNoRoomIsLeftToTheTrie() {
        Memory memory = new Memory();
        BlockTable table = new BlockTable(memory);
        Map<CidrPrefix, Integer> cidrs = Map.of(
                new CidrPrefix(IpAddress.parse("10.0.0.0").orElseThrow(), 96 + 8), 1,
                new CidrPrefix(IpAddress.parse("10.1.2.0").orElseThrow(), 96 + 24), 2);
        table.write(0, cidrs);
        assertThat(memory.find(0, 10 << 24 | 1 << 16 | 2 << 8)).isZero();
        assertThat(memory.find(0, 10 << 24 | 2 << 16)).isEqualTo(PolicyBlock.CLASS | 1);
        assertThat(memory.find(0, 11 << 24)).isEqualTo(PolicyBlock.CLASS);
    }

    @Test
    void blocksOfTheOtherFamilyAreNone() {
        Memory memory = new Memory();
        BlockTable table = new BlockTable(memory);
        table.write(1, Map.of(new CidrPrefix(IpAddress.parse("2001:db8::").orElseThrow(), 32), 1));
        assertThat(memory.find(1, 0)).isEqualTo(PolicyBlock.CLASS);
    }

    /// Has as many entries as it was asked for, and none more.
    private static final class Memory implements PolicyBlocks {

        private int[][] words = new int[2][PolicyBlock.BLOCKS];

        int find(int side, int address) {
            int word = words[side][address >>> 16];
            for (int shift = 8; word > 0 && shift >= 0; shift -= 8) {
                word = words[side][word + (address >>> shift & 0xff)];
            }
            return word;
        }

        @Override
        public void write(int side, int index, int[] added) {
            System.arraycopy(added, 0, words[side], index, added.length);
        }

        @Override
        public int size() {
            return words[0].length;
        }

        @Override
        public void ensure(int entries) {
            if (entries > size()) {
                words = new int[][] {Arrays.copyOf(words[0], entries), Arrays.copyOf(words[1], entries)};
            }
        }
    }
}
