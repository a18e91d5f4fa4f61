// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

/// The words of `policy_blocks`: see [io.culvert.maps.PolicyBlock].
public interface PolicyBlocks {

    /// Writes words of a side, 0 or 1, to entries in a row from `index` on. Programs may see any part of them.
    void write(int side, int index, int[] words);

    int size();

    /// Sees to it that there are so many entries.
    ///
    /// @throws io.culvert.maps.MapFullException if there cannot be; nothing has changed then
    void ensure(int entries);
}
