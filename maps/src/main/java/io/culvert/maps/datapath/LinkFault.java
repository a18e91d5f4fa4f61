// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

/// An attachment that is not as it was made: another program took it off its hook, replaced its program, or removed its
/// pin.
///
/// @param name of the pin
/// @param expected for people
/// @param found for people
public record LinkFault(String name, String expected, String found) {}
