// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.net.IpFamily;

/// What a probe asks.
///
/// @param path without the query
/// @param family by which the client came, even to a socket that serves both
public record ProbeRequest(String method, String path, IpFamily family) {}
