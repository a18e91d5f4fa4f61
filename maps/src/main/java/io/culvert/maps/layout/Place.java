// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

/// A number, or padding, in a type.
///
/// @param path from the name of the type, for example `flow.client.word[2]`
/// @param offset bytes
/// @param width bytes
/// @param bigEndian whether it is in network order; of no meaning where the width is 1
/// @param number false: padding, or something that Java cannot state
/// @param type as its side calls it
record Place(String path, long offset, long width, boolean bigEndian, boolean number, String type) {

    boolean agrees(Place other) {
        return offset == other.offset
                && width == other.width
                && number == other.number
                && (width == 1 || bigEndian == other.bigEndian);
    }

    @Override
    public String toString() {
        return "offset " + offset + " " + type;
    }
}
