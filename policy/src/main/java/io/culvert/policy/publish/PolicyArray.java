// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

/// An array map of the kernel.
public interface PolicyArray<V> {

    V get(int index);

    /// Programs may see it half written.
    void set(int index, V value);

    int size();

    /// Sees to it that there are so many entries.
    ///
    /// @throws io.culvert.maps.MapFullException if there cannot be; nothing has changed then
    void ensure(int entries);
}
