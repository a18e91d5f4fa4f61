// SPDX-License-Identifier: Apache-2.0
/// What algorithms go by: tables that say which backend of a set is next, or has which part of all keys. Pure functions
/// of addresses and weights, so that every node makes the same.
@org.jspecify.annotations.NullMarked
package io.culvert.servicelb.selection;
