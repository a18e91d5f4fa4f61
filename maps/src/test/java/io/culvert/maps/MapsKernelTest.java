// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.BpfMap;
import io.culvert.loader.MapFlag;
import io.culvert.loader.MapSpec;
import io.culvert.loader.MapType;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.Numbers;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@KernelTest
final class MapsKernelTest {

    private static <K, V> BpfHashMap<K, V> hash(
            MapType type, Codec<K> key, Codec<V> value, int entries, Growth growth) {
        MapFlag[] flags = type == MapType.LPM_TRIE ? new MapFlag[] {MapFlag.NO_PREALLOC} : new MapFlag[0];
        BpfMap map =
                BpfMap.create(MapSpec.of("culvert_test", type, (int) key.size(), (int) value.size(), entries, flags));
        return new BpfHashMap<>("frontends", key, value, map, growth);
    }

    private static FrontendKey key(int i) {
        return new FrontendKey(IpAddress.ofV4(0x0a600000 + i), 80, Protocol.TCP);
    }

    @Test
    void aHashGivesBackWhatWasPut() {
        try (var map = hash(MapType.HASH, FrontendKey.CODEC, Frontend.CODEC, 16, Growth.NEVER)) {
            assertThat(map.get(key(1))).isEmpty();
            map.put(key(1), Frontend.clusterIp(7, true));
            map.put(key(1), Frontend.clusterIp(8, false));
            assertThat(map.get(key(1))).contains(Frontend.clusterIp(8, false));
            assertThat(map.get(new FrontendKey(key(1).address(), 80, Protocol.UDP)))
                    .isEmpty();
            assertThat(map.remove(key(1))).isTrue();
            assertThat(map.remove(key(1))).isFalse();
            assertThat(map.count()).isZero();
        }
    }

    @Test
    void batchesWriteReadAndRemoveManyEntries() {
        try (var map = hash(MapType.HASH, FrontendKey.CODEC, Frontend.CODEC, 10_000, Growth.NEVER)) {
            Map<FrontendKey, Frontend> entries = new HashMap<>();
            IntStream.range(0, 5_000).forEach(i -> entries.put(key(i), Frontend.clusterIp(i, i % 2 == 0)));
            map.putAll(entries);

            Map<FrontendKey, Frontend> read = new HashMap<>();
            map.forEach((key, value) -> assertThat(read.put(key, value)).isNull());
            assertThat(read).isEqualTo(entries);

            List<FrontendKey> removed =
                    IntStream.range(1_000, 9_000).mapToObj(MapsKernelTest::key).toList();
            assertThat(map.removeAll(removed)).isEqualTo(4_000);
            assertThat(map.keys()).hasSize(1_000).doesNotContainAnyElementsOf(removed);
            map.putAll(Map.of());
            assertThat(map.removeAll(List.of())).isZero();
        }
    }

    @Test
    void aFullMapSaysWhichKeyMakesItLarger() {
        try (var map = hash(MapType.HASH, FrontendKey.CODEC, Frontend.CODEC, 2, Growth.NEVER)) {
            map.put(key(1), Frontend.clusterIp(1, false));
            map.put(key(2), Frontend.clusterIp(2, false));
            assertThatThrownBy(() -> map.put(key(3), Frontend.clusterIp(3, false)))
                    .isInstanceOf(MapFullException.class)
                    .hasMessage("add TCP 10.96.0.3:80 to map frontends: full, it has 2 entries (E2BIG);"
                            + " raise map-frontends in the configuration");
            assertThatThrownBy(() -> map.putAll(Map.of(key(4), Frontend.clusterIp(4, false))))
                    .isInstanceOf(MapFullException.class)
                    .hasMessageStartingWith("add 1 entries to map frontends: full");
            assertThat(map.keys()).containsExactlyInAnyOrder(key(1), key(2));
        }
    }

    @Test
    void arraysAreMemory() {
        BpfMap array = BpfMap.create(MapSpec.of("culvert_test", MapType.ARRAY, 4, 4, 100, MapFlag.MMAPABLE));
        try (var mapped = new MappedArray<>("backends", PublishedBackend.CODEC, array)) {
            mapped.set(99, new PublishedBackend(17));
            assertThat(mapped.get(99)).isEqualTo(new PublishedBackend(17));
            assertThat(mapped.get(98)).isEqualTo(new PublishedBackend(0));
            assertThatThrownBy(() -> mapped.get(100)).isInstanceOf(IndexOutOfBoundsException.class);
            try (var bySyscall = new BpfHashMap<>(
                    "backends", Numbers.U32, PublishedBackend.CODEC, array.duplicate(), Growth.NEVER)) {
                assertThat(bySyscall.get(99)).as("what the kernel sees").contains(new PublishedBackend(17));
            }
        }
    }

    @Test
    void perCpuValuesKeepTheirProcessor() {
        BpfMap map = BpfMap.create(MapSpec.of("culvert_test", MapType.PERCPU_ARRAY, 4, 16, 4));
        try (var array = new PerCpuArray<>(PacketCount.CODEC, map)) {
            List<PacketCount> values = IntStream.range(0, array.get(0).size())
                    .mapToObj(cpu -> new PacketCount(cpu + 1, 100L * cpu))
                    .toList();
            array.set(3, values);
            assertThat(array.get(3)).isEqualTo(values);
            assertThat(array.get(2)).isEqualTo(Collections.nCopies(values.size(), PacketCount.ZERO));
            assertThatThrownBy(() -> array.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void theLongestPrefixWins() {
        try (var trie = hash(MapType.LPM_TRIE, LpmKey.CODEC, Numbers.U32, 16, Growth.NEVER)) {
            trie.put(LpmKey.of(IpPrefix.parse("10.0.0.0/8").orElseThrow()), 8);
            trie.put(LpmKey.of(IpPrefix.parse("10.1.0.0/16").orElseThrow()), 16);
            trie.put(LpmKey.of(IpPrefix.parse("fd00::/8").orElseThrow()), 6);
            trie.put(new LpmKey(IpAddress.UNSPECIFIED, 0), 0);
            assertThat(trie.get(LpmKey.of(IpAddress.of("10.1.2.3")))).contains(16);
            assertThat(trie.get(LpmKey.of(IpAddress.of("10.2.2.3")))).contains(8);
            assertThat(trie.get(LpmKey.of(IpAddress.of("fd00::1")))).contains(6);
            assertThat(trie.get(LpmKey.of(IpAddress.of("2001:db8::1")))).contains(0);
            assertThat(trie.keys())
                    .extracting(LpmKey::toString)
                    .containsExactlyInAnyOrder("10.0.0.0/8", "10.1.0.0/16", "fd00::/8", "::/0");
            assertThat(trie.remove(LpmKey.of(IpPrefix.parse("10.1.0.0/16").orElseThrow())))
                    .isTrue();
            assertThat(trie.get(LpmKey.of(IpAddress.of("10.1.2.3")))).contains(8);
        }
    }

    @Test
    void aMapInAMapIsSwapped() {
        MapSpec innerSpec = MapSpec.of("culvert_inner", MapType.HASH, 4, 4, 8);
        try (BpfMap first = BpfMap.create(innerSpec);
                BpfMap second = BpfMap.create(innerSpec);
                var outer = new MapOfMaps<>(
                        "sets",
                        Numbers.U32,
                        BpfMap.create(MapSpec.ofMaps("culvert_outer", MapType.HASH_OF_MAPS, 4, 2, first)))) {
            assertThat(outer.get(7)).isEmpty();
            outer.put(7, first);
            assertThat(inner(outer, 7)).isEqualTo(first.info().id());
            outer.put(7, second);
            assertThat(inner(outer, 7)).isEqualTo(second.info().id());
            outer.put(8, first);
            assertThatThrownBy(() -> outer.put(9, first))
                    .isInstanceOf(MapFullException.class)
                    .hasMessageStartingWith("put 9 into map sets: full, it has 2 entries");
            assertThat(outer.remove(7)).isTrue();
            assertThat(outer.get(7)).isEmpty();
        }
    }

    private static int inner(MapOfMaps<Integer> outer, int key) {
        try (BpfMap inner = outer.get(key).orElseThrow()) {
            return inner.info().id();
        }
    }
}
