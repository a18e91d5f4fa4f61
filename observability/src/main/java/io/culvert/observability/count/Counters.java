// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

import java.util.concurrent.atomic.AtomicLongArray;

/// Numbers that one thread adds to and others read: without an atomic addition, which would cost more than all else.
final class Counters {

    private final AtomicLongArray values;

    Counters(int size) {
        values = new AtomicLongArray(size);
    }

    void add(int index, long more) {
        values.setOpaque(index, values.getPlain(index) + more);
    }

    long get(int index) {
        return values.getOpaque(index);
    }

    int size() {
        return values.length();
    }
}
