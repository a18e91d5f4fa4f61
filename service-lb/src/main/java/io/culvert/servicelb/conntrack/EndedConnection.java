// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;

/// A connection that ended without a packet that said so: it expired, or its backend or pod went.
///
/// @param flow one of its entries, for what all of them tell alike
/// @param clientBytes of whole packets, from the network header, that the client sent
/// @param backendBytes the same of its backend
/// @param nanos from its first packet to its last
public record EndedConnection(
        Flow flow, long clientBytes, long clientPackets, long backendBytes, long backendPackets, long nanos) {}
