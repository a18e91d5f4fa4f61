// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

/// What an entry of `endpoints` says while one side holds.
///
/// @param number of the pod, the same in all its entries, 1 to 65535; 0: the entry is of no pod
public record EndpointSide(int number, EndpointSets sets) {

    /// The entry says nothing.
    public static final EndpointSide NOTHING = new EndpointSide(0, EndpointSets.NONE);

    /// For example `pod 4 in 3 out 0`.
    @Override
    public String toString() {
        return "pod " + number + " " + sets;
    }
}
