// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

/// Who hears of connections whose end no program told of.
@FunctionalInterface
public interface ConnectionEnds {

    void tell(EndedConnection ended);

    /// Whether anybody does at present. What nobody need be told of, the kernel removes by itself.
    default boolean areHeard() {
        return true;
    }
}
