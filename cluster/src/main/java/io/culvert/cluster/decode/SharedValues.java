// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

/// Gives equal values that come close after each other the same object, so that the pods of a deployment share their
/// labels. It remembers a bounded number of values and forgets older ones. Not for use by several threads.
final class SharedValues {

    private static final int SLOTS = 1 << 13;

    private final Object[] slots = new Object[SLOTS];

    /// The value itself, or an equal one. Only for values that never change.
    @SuppressWarnings("unchecked") // equal values of a class are of that class
    <T> T share(T value) {
        int hash = value.hashCode();
        int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
        Object known = slots[slot];
        if (value.equals(known) && value.getClass() == known.getClass()) {
            return (T) known;
        }
        slots[slot] = value;
        return value;
    }
}
