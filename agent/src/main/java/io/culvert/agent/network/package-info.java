// SPDX-License-Identifier: Apache-2.0
/// What this node's network means to Culvert: which interfaces carry programs, which addresses serve NodePorts, and
/// which traffic comes from pods. A pure function of the settings, the network and the Node object says what is wanted;
/// [io.culvert.agent.network.NodeNetwork] makes it so, whenever one of them changes.
@NullMarked
package io.culvert.agent.network;

import org.jspecify.annotations.NullMarked;
