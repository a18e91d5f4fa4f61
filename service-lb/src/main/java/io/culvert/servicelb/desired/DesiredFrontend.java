// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.net.IpAddress;

/// An address and port where clients reach a Service port; the protocol is the Service port's.
///
/// @param port 1 to 65535
/// @param localSet whether it is served by the local set of endpoints, and not by the cluster set
public record DesiredFrontend(FrontendType type, IpAddress address, int port, boolean localSet) {}
