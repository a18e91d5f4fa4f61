// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

/// Numbers that one thread adds to and others read, some moments late perhaps. Plain ones: the agent's code is compiled
/// by C1 alone, where an access by a VarHandle costs more than all else that is done for an event.
final class Counters {

    private final long[] values;

    Counters(int size) {
        values = new long[size];
    }

    void add(int index, long more) {
        values[index] += more;
    }

    long get(int index) {
        return values[index];
    }

    int size() {
        return values.length;
    }
}
