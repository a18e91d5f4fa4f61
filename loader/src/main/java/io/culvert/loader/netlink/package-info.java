// SPDX-License-Identifier: Apache-2.0
/// Interfaces, addresses, routes and neighbours of a network namespace, read and watched through rtnetlink(7). What the
/// kernel sends is parsed apart from the sockets that it comes from.
@NullMarked
package io.culvert.loader.netlink;

import org.jspecify.annotations.NullMarked;
