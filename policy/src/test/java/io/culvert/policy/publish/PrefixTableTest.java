// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyLength;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The index answers what the longest block says, in as many steps as halve the number of lengths. `-Dprefixes.seed=N`
/// plays one history again.
final class PrefixTableTest {

    private static final int HISTORIES = Integer.getInteger("prefixes.histories", 60);

    @Test
    void randomHistoriesAnswerAsTheLongestBlockDoes() {
        long given = Long.getLong("prefixes.seed", System.nanoTime());
        System.out.println("PrefixTableTest: -Dprefixes.seed=" + given);
        for (long seed = given; seed < given + HISTORIES; seed++) {
            play(seed);
        }
    }

    private static void play(long seed) {
        Random random = new Random(seed);
        Memory memory = new Memory();
        PrefixTable table = new PrefixTable(memory, memory.lengths);
        Map<CidrPrefix, Integer> cidrs = new HashMap<>();
        for (int step = 0; step < 12; step++) {
            change(cidrs, random);
            Map<CidrPrefix, Integer> now = Map.copyOf(cidrs);
            int side = random.nextInt(2);
            table.ensure(now);
            table.write(side, now);
            for (IpAddress address : addresses(cidrs, random)) {
                assertThat(memory.find(side, address))
                        .as("seed %d, step %d, %s", seed, step, address)
                        .isEqualTo(longest(cidrs, address));
            }
        }
        table.write(0, Map.of());
        table.write(1, Map.of());
        assertThat(memory.entries).isEmpty();
        assertThat(memory.find(0, IpAddress.of("2001:db8::1"))).isZero();
    }

    private static void change(Map<CidrPrefix, Integer> cidrs, Random random) {
        cidrs.keySet().removeIf(_ -> random.nextInt(4) == 0);
        int lengths = 1 + random.nextInt(random.nextBoolean() ? 4 : 128);
        for (int i = 0; i < 40; i++) {
            int bits = 128 - random.nextInt(lengths);
            IpAddress near = new IpAddress(0x2001_0db8L << 32 | random.nextInt(4), random.nextLong(64) << 60 | i);
            cidrs.put(new CidrPrefix(new IpPrefix(near, bits).address(), bits), random.nextInt(9));
        }
        if (random.nextInt(3) == 0) {
            cidrs.put(new CidrPrefix(IpAddress.UNSPECIFIED, 0), 1 + random.nextInt(9));
            cidrs.put(new CidrPrefix(IpAddress.of("10.0.0.0"), 96 + 8), 3);
        }
    }

    /// Ends of blocks, what is beside them, and any.
    private static List<IpAddress> addresses(Map<CidrPrefix, Integer> cidrs, Random random) {
        List<IpAddress> addresses = new ArrayList<>();
        cidrs.forEach((prefix, _) -> {
            IpAddress first = prefix.address();
            addresses.add(first);
            int free = 128 - prefix.bits();
            long high = free <= 64 ? 0 : free == 128 ? -1 : (1L << (free - 64)) - 1;
            long low = free >= 64 ? -1 : (1L << free) - 1;
            IpAddress last = new IpAddress(first.high() | high, first.low() | low);
            addresses.add(last);
            addresses.add(new IpAddress(first.high(), first.low() - 1));
            addresses.add(new IpAddress(last.high(), last.low() + 1));
        });
        for (int i = 0; i < 100; i++) {
            addresses.add(new IpAddress(random.nextLong(), random.nextLong()));
        }
        addresses.removeIf(address -> address.isV4() || cidrs.containsKey(new CidrPrefix(address, 128)));
        return addresses;
    }

    private static int longest(Map<CidrPrefix, Integer> cidrs, IpAddress address) {
        for (int bits = 127; bits >= 0; bits--) {
            Integer found = cidrs.get(new CidrPrefix(new IpPrefix(address, bits).address(), bits));
            if (found != null) {
                return found;
            }
        }
        return 0;
    }

    @Test
    void aBlockOfEachLengthIsFoundInSevenSteps() {
        Memory memory = new Memory();
        PrefixTable table = new PrefixTable(memory, memory.lengths);
        IpAddress all = new IpAddress(-1, -1);
        Map<CidrPrefix, Integer> cidrs = new HashMap<>();
        for (int bits = 0; bits < 128; bits++) {
            cidrs.put(new CidrPrefix(new IpPrefix(all, bits).address(), bits), 1000 + bits);
        }
        table.ensure(cidrs);
        table.write(1, cidrs);
        for (int bits = 0; bits < 128; bits++) {
            long low = bits >= 64 ? -1L ^ 1L << (127 - bits) : -1;
            long high = bits >= 64 ? -1 : -1L ^ 1L << (63 - bits);
            assertThat(memory.find(1, new IpAddress(high, low))).isEqualTo(1000 + bits);
        }
        assertThat(memory.steps).isEqualTo(PolicyLength.STEPS);
    }

    @Test
    void whatIsTooLargeIsLeftToTheTrie() {
        Memory memory = new Memory();
        PrefixTable table = new PrefixTable(memory, memory.lengths, 1);
        Map<CidrPrefix, Integer> one = Map.of(new CidrPrefix(IpAddress.of("2001:db8::"), 32), 1);
        Map<CidrPrefix, Integer> two = new HashMap<>(one);
        two.put(new CidrPrefix(IpAddress.of("2001:db9::"), 32), 2);
        table.ensure(one);
        table.write(0, one);
        assertThat(memory.find(0, IpAddress.of("2001:db8::1"))).isEqualTo(1);
        table.ensure(two);
        table.write(0, two);
        assertThat(memory.find(0, IpAddress.of("2001:db8::1"))).isEqualTo(Memory.ASK_THE_TRIE);
        assertThat(memory.entries).isEmpty();
    }

    @Test
    void whatAnEarlierProcessLeftOnASideIsRemovedWithTheFirstWrite() {
        Memory memory = new Memory();
        PrefixTable earlier = new PrefixTable(memory, memory.lengths);
        Map<CidrPrefix, Integer> present = Map.of(new CidrPrefix(IpAddress.of("2001:db8::"), 32), 1);
        earlier.ensure(present);
        earlier.write(0, present);
        earlier.write(1, present);
        new PrefixTable(memory, memory.lengths).write(1, Map.of());
        assertThat(memory.entries.keySet()).allMatch(key -> key.side() == 0);
        assertThat(memory.find(1, IpAddress.of("2001:db8::1"))).isZero();
        assertThat(memory.find(0, IpAddress.of("2001:db8::1"))).isEqualTo(1);
    }

    /// Searches as programs do. Has room for as many entries as it was asked for.
    private static final class Memory implements PolicyHash<PolicyCidrKey, Integer> {

        static final int ASK_THE_TRIE = -1;

        final Map<PolicyCidrKey, Integer> entries = new HashMap<>();
        final Lengths lengths = new Lengths();
        private int room;
        private int steps;

        int find(int side, IpAddress address) {
            PolicyLength begin = lengths.get(side * PolicyLength.ENTRIES);
            if (begin.prefixlen() == 0) {
                return ASK_THE_TRIE;
            }
            int found = begin.cidrClass();
            int entry = 1;
            for (int step = 1; step <= PolicyLength.STEPS; step++) {
                PolicyLength length = lengths.get(side * PolicyLength.ENTRIES + entry);
                if (length.prefixlen() == 0) {
                    break;
                }
                steps = Math.max(steps, step);
                IpAddress first = new IpAddress(
                        address.high() & length.mask().high(),
                        address.low() & length.mask().low());
                Integer next = entries.get(new CidrPrefix(first, length.bits()).on(side));
                found = next == null ? found : next;
                entry = 2 * entry + (next == null ? 0 : 1);
            }
            return found;
        }

        @Override
        public Map<PolicyCidrKey, Integer> read() {
            return Map.copyOf(entries);
        }

        @Override
        public void put(Map<PolicyCidrKey, Integer> added) {
            entries.putAll(added);
            assertThat(entries).hasSizeLessThanOrEqualTo(room);
        }

        @Override
        public void remove(Collection<PolicyCidrKey> keys) {
            entries.keySet().removeAll(keys);
        }

        @Override
        public void ensure(int wanted) {
            room = Math.max(room, wanted);
        }
    }

    private static final class Lengths implements PolicyArray<PolicyLength> {

        private final List<PolicyLength> values =
                new ArrayList<>(Collections.nCopies(2 * PolicyLength.ENTRIES, PolicyLength.NONE));

        @Override
        public PolicyLength get(int index) {
            return values.get(index);
        }

        @Override
        public void set(int index, PolicyLength value) {
            values.set(index, value);
        }

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public void ensure(int entries) {
            throw new AssertionError("there is room for all lengths from the beginning");
        }
    }
}
