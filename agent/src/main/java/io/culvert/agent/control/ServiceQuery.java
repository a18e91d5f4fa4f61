// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.net.Protocol;
import java.util.Optional;
import java.util.OptionalInt;

/// What would become of a connection to a Service?
///
/// @param service `namespace/name`, or a name in namespace `default`
/// @param client a pod's `namespace/name`, or an address
/// @param port of a frontend; empty for all
/// @param protocol empty for all
public record ServiceQuery(String service, String client, OptionalInt port, Optional<Protocol> protocol) {}
