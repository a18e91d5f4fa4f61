// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;

/// A server that is asked among many.
///
/// @param protocol TCP or UDP
public record ReachTarget(Protocol protocol, IpAddress address, int port) {}
