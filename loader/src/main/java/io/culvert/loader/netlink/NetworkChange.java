// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

/// One change that the kernel reported.
///
/// @param removed whether `object` is gone; otherwise it is new, or some of its values changed
/// @param object as it is now, or as it was last
public record NetworkChange(boolean removed, NetworkObject object) {}
