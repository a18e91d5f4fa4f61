// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.Protocol;

/// One entry of `ports` of an EndpointSlice. Entries without a name or without a number are not kept: they select
/// nothing.
///
/// @param name matches the Service port of the same name and protocol; the empty string is a name as well
/// @param port 1 to 65535
public record EndpointPort(String name, Protocol protocol, int port) {}
