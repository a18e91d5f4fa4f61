// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.Quarantine;
import io.culvert.maps.SlotAllocator;
import java.util.BitSet;

/// Which runs of an array are taken. The publisher releases nothing that a program may still read, so that
/// what is released is free at once.
final class Runs {

    private final PolicyArray<?> array;
    private final SlotAllocator allocator;
    private final BitSet foreign = new BitSet();

    Runs(PolicyArray<?> array) {
        this.array = array;
        allocator = new SlotAllocator(array.size(), Quarantine.NONE);
    }

    /// @throws io.culvert.maps.MapFullException if no hole is large enough, and the array cannot grow
    int take(int length) {
        return allocator.take(length).orElseGet(() -> {
            array.ensure(Math.addExact(allocator.capacity(), length));
            allocator.extend(array.size());
            return allocator.take(length).orElseThrow();
        });
    }

    void release(int start, int length) {
        allocator.release(start, length);
    }

    /// Keeps a run from being taken, because somebody may mean something by it. Runs may overlap and end
    /// anywhere.
    void avoid(int start, int length) {
        int end = (int) Math.min(start + (long) length, allocator.capacity());
        for (int i = Math.max(start, 0); i < end; i++) {
            if (!foreign.get(i) && allocator.claim(i, 1)) {
                foreign.set(i);
            }
        }
    }

    /// Frees the runs to avoid.
    void sweep() {
        foreign.stream().forEach(i -> allocator.release(i, 1));
        foreign.clear();
    }

    int used() {
        return allocator.capacity() - allocator.free();
    }

    int size() {
        return allocator.capacity();
    }
}
