// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class AddressTableTest {

    private record Taken(Map<IpAddress, Integer> snapshot, Map<IpAddress, Integer> then) {}

    /// Few addresses, so that many are taken away again; more of them than buckets, so that some share one.
    @Test
    void itHoldsWhatAMapHoldsAndSnapshotsStay() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        AddressTable<Integer> table = new AddressTable<>();
        Map<IpAddress, Integer> map = new HashMap<>();
        List<Taken> taken = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            IpAddress address = random.nextBoolean()
                    ? IpAddress.ofV4(0x0a000000 + random.nextInt(10_000))
                    : new IpAddress(0xfd00L << 48, random.nextInt(10_000));
            if (random.nextInt(3) == 0) {
                table.remove(address);
                map.remove(address);
            } else {
                table.put(address, i);
                map.put(address, i);
            }
            assertThat(table.get(address)).as("seed %d", seed).isEqualTo(map.get(address));
            if (i % 10_000 == 9_999) {
                taken.add(new Taken(table.snapshot(), new HashMap<>(map)));
            }
        }
        assertThat(taken).as("seed %d", seed).allSatisfy(one -> {
            assertThat(one.snapshot()).isEqualTo(one.then()).hasSameSizeAs(one.then());
            assertThat(one.then())
                    .allSatisfy((address, value) ->
                            assertThat(one.snapshot().get(address)).isEqualTo(value));
        });
    }
}
