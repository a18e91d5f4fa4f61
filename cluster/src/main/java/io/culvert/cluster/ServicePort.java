// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.Protocol;

/// One entry of `spec.ports` of a Service.
///
/// @param name the port's name; the empty string is a name as well
/// @param port 1 to 65535
/// @param nodePort 1 to 65535, or 0 for none
public record ServicePort(String name, Protocol protocol, int port, int nodePort) {}
