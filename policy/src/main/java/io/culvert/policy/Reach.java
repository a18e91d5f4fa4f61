// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.BitSet;

/// Whom a rule is for, in both dimensions.
///
/// @param anyone whom no table names, too; the sets are empty then
/// @param identities that a selector of the rule matches
/// @param classes that an address block of the rule is in
/// @param atBlocks identities whose address is in a block of the rule, and of which the rule wants a named port
record Reach(boolean anyone, BitSet identities, BitSet classes, BitSet atBlocks) {

    /// Whether it holds for an identity whatever its address.
    boolean holds(int identity) {
        return anyone || identities.get(identity);
    }
}
